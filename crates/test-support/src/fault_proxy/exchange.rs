//! One exchange: a request, its way to the server, and the answer's way back.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::net::tcp::{ReadHalf, WriteHalf};

use super::head::Head;
use super::relay::{End, Plan};
use super::rule::{Direction, Fault};
use super::{Exchange, Shared};

/// How long a client may take to notice that the answer is complete.
const LINGER: Duration = Duration::from_secs(2);

/// Carries the one exchange of a connection, to whichever end it comes.
pub(super) async fn carry(client: &mut TcpStream, shared: &Shared) -> End {
    let Ok(Some(request)) = Head::read(client, Vec::new()).await else {
        return End::Dropped;
    };
    let (method, target) = (request.word(0).to_owned(), request.word(1).to_owned());
    let fault = shared.fault_for(&method, &target);
    let place = shared.record(Exchange {
        range: request.header("range").map(str::to_owned),
        authorized: request.header("authorization").is_some(),
        fault: fault.clone(),
        method,
        target,
        request_bytes: 0,
        status: None,
        response_bytes: 0,
        finished: false,
    });
    let _finish = Finish(shared, place);
    match fault {
        Some(Fault::HalfOpen) => {
            let mut taken = request.rest.len() as u64;
            loop {
                shared.update(place, |exchange| exchange.request_bytes = taken);
                match swallow(client).await {
                    0 => return End::Dropped,
                    count => taken += count,
                }
            }
        }
        Some(Fault::Status(code, retry_after)) => {
            // An error of the client's connection ends the exchange as any other end does.
            let count =
                |received| shared.update(place, |exchange| exchange.request_bytes = received);
            let _ = answer(client, request, code, retry_after, count).await;
            shared.update(place, |exchange| exchange.status = Some(code));
            End::Dropped
        }
        fault => forward(client, request, fault, shared, place)
            .await
            .unwrap_or(End::Dropped),
    }
}

/// Marks an exchange as finished even when its connection is cut.
struct Finish<'a>(&'a Shared, usize);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.update(self.1, |exchange| exchange.finished = true);
    }
}

async fn forward(
    client: &mut TcpStream,
    mut request: Head,
    fault: Option<Fault>,
    shared: &Shared,
    place: usize,
) -> io::Result<End> {
    if let Some(Fault::Delay(delay)) = fault {
        tokio::time::sleep(delay).await;
    }
    let mut server = TcpStream::connect(shared.upstream).await?;
    request.set("Connection", "close");
    if fault == Some(Fault::IgnoreRange) {
        request.remove("Range");
    }
    server.write_all(&request.to_bytes()).await?;

    let length = if request.is_chunked() {
        None
    } else {
        request.content_length().or(Some(0))
    };
    let first = std::mem::take(&mut request.rest);
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = server.split();
    let plan = Plan::new(fault.as_ref(), Direction::Upload);
    let upload = async {
        let count = |sent| shared.update(place, |exchange| exchange.request_bytes = sent);
        let end = plan
            .relay(first, &mut from_client, &mut to_server, length, count)
            .await;
        match end {
            // The request is through, or the server has heard enough: its answer comes next.
            End::Whole | End::SinkClosed => {
                gone(&mut from_client).await;
                End::Dropped
            }
            end => end,
        }
    };
    let without_body = request.word(0) == "HEAD";
    let download = respond(
        &mut from_server,
        &mut to_client,
        fault.as_ref(),
        without_body,
        shared,
        place,
    );
    let end = tokio::select! {
        end = upload => return Ok(end),
        end = download => end?,
    };
    if matches!(end, End::Whole | End::SourceClosed) {
        // Closing on a client that still sends would reset the answer it has not read yet.
        to_client.shutdown().await?;
        let _ = tokio::time::timeout(LINGER, gone(&mut from_client)).await;
    }
    Ok(end)
}

async fn respond(
    server: &mut ReadHalf<'_>,
    client: &mut WriteHalf<'_>,
    fault: Option<&Fault>,
    without_body: bool,
    shared: &Shared,
    place: usize,
) -> io::Result<End> {
    let mut buffer = Vec::new();
    let mut response = loop {
        let Some(mut head) = Head::read(server, buffer).await? else {
            return Ok(End::Dropped);
        };
        // 100 Continue and its like come before the answer itself.
        if !head.word(1).starts_with('1') {
            break head;
        }
        client.write_all(&head.to_bytes()).await?;
        buffer = std::mem::take(&mut head.rest);
    };
    if let Some(Fault::StatusAfterwards(code)) = fault {
        shared.update(place, |exchange| exchange.status = Some(*code));
        client.write_all(&status_only(*code, None)).await?;
        return Ok(End::Dropped);
    }
    response.set("Connection", "close");
    if let Some(Fault::Truncate(bytes)) = fault {
        let length = response.content_length().unwrap_or(*bytes).min(*bytes);
        response.remove("Transfer-Encoding");
        response.set("Content-Length", length);
    }
    let status = response.word(1).parse().ok();
    shared.update(place, |exchange| exchange.status = status);
    client.write_all(&response.to_bytes()).await?;
    let length = if without_body {
        Some(0)
    } else {
        response.content_length()
    };
    let plan = Plan::new(fault, Direction::Download);
    let count = |sent| shared.update(place, |exchange| exchange.response_bytes = sent);
    let first = std::mem::take(&mut response.rest);
    Ok(plan.relay(first, server, client, length, count).await)
}

/// Waits until the client closes its connection, swallowing what it still sends.
async fn gone(client: &mut (impl AsyncRead + Unpin)) {
    while swallow(client).await > 0 {}
}

/// Takes what the client sends next, and answers how many bytes that were; none at its end.
async fn swallow(client: &mut (impl AsyncRead + Unpin)) -> u64 {
    let mut swallowed = vec![0; 16 << 10];
    let count = client.read(&mut swallowed).await.unwrap_or_default();
    count as u64
}

/// Answers in the server's place, after the whole request has come in.
async fn answer(
    client: &mut TcpStream,
    request: Head,
    code: u16,
    retry_after: Option<u32>,
    received_so_far: impl Fn(u64),
) -> io::Result<()> {
    if request.header("expect").is_some() {
        client.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let mut body = request.rest.clone();
    let mut received = body.len() as u64;
    received_so_far(received);
    loop {
        let complete = match request.content_length() {
            _ if request.is_chunked() => body.ends_with(b"0\r\n\r\n"),
            length => received >= length.unwrap_or_default(),
        };
        if complete {
            break;
        }
        // Of what came before, only the last few bytes can be part of the end of the chunks.
        body.drain(..body.len().saturating_sub(8));
        let count = client.read_buf(&mut body).await?;
        if count == 0 {
            return Ok(());
        }
        received += count as u64;
        received_so_far(received);
    }
    client.write_all(&status_only(code, retry_after)).await
}

fn status_only(code: u16, retry_after: Option<u32>) -> Vec<u8> {
    let retry_after = retry_after
        .map(|seconds| format!("Retry-After: {seconds}\r\n"))
        .unwrap_or_default();
    format!(
        "HTTP/1.1 {code} Injected\r\n{retry_after}Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
    .into_bytes()
}
