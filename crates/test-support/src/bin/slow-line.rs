//! A slow line before a server: `slow-line HOST:PORT DELAY_MS MBIT`. The delay is for there and back; every
//! connection has the bandwidth to itself, each way. Prints where it listens.

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep, sleep_until};

/// Bytes that go as one, so that a line is slow evenly.
const PIECE: usize = 16 << 10;

/// How slow a line is.
#[derive(Debug, Clone, Copy)]
struct Slowness {
    /// For one way.
    delay: Duration,
    bytes_per_second: f64,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [to, delay, mbit] = arguments.as_slice() else {
        eprintln!("usage: slow-line HOST:PORT DELAY_MS MBIT");
        return ExitCode::from(2);
    };
    match serve(to, delay, mbit) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn serve(to: &str, delay: &str, mbit: &str) -> Result<()> {
    let delay: u64 = delay.parse().context("the delay is no number")?;
    let mbit: f64 = mbit.parse().context("the bandwidth is no number")?;
    let slowness = Slowness {
        delay: Duration::from_millis(delay) / 2,
        bytes_per_second: mbit * 1e6 / 8.0,
    };
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    writeln!(std::io::stdout(), "Slow line at http://{address}")?;
    loop {
        let (client, _) = listener.accept().await?;
        let to = to.to_owned();
        tokio::spawn(async move {
            // Either side may hang up at any time; that is not the line's business.
            let _ = carry(client, &to, slowness).await;
        });
    }
}

async fn carry(client: TcpStream, to: &str, slowness: Slowness) -> Result<()> {
    client.set_nodelay(true)?;
    // Saying hello takes a way there and a way back.
    sleep(slowness.delay * 2).await;
    let server = TcpStream::connect(to).await?;
    server.set_nodelay(true)?;
    let (from_client, to_client) = client.into_split();
    let (from_server, to_server) = server.into_split();
    tokio::try_join!(
        one_way(from_client, to_server, slowness),
        one_way(from_server, to_client, slowness),
    )?;
    Ok(())
}

/// Bytes leave at the line's pace and arrive a delay later; what is on the way is what fits into it.
async fn one_way(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    slowness: Slowness,
) -> Result<()> {
    let on_the_way = slowness.bytes_per_second * slowness.delay.as_secs_f64() / PIECE as f64;
    let (line, mut end) = mpsc::channel::<(Instant, Vec<u8>)>(on_the_way as usize + 1);
    let sending = async {
        let mut free = Instant::now();
        loop {
            let mut piece = vec![0; PIECE];
            let count = from.read(&mut piece).await?;
            if count == 0 {
                break;
            }
            piece.truncate(count);
            let takes = Duration::from_secs_f64(count as f64 / slowness.bytes_per_second);
            free = free.max(Instant::now()) + takes;
            sleep_until(free).await;
            line.send((free + slowness.delay, piece)).await?;
        }
        drop(line);
        anyhow::Ok(())
    };
    let arriving = async {
        while let Some((when, piece)) = end.recv().await {
            sleep_until(when).await;
            to.write_all(&piece).await?;
        }
        to.shutdown().await?;
        anyhow::Ok(())
    };
    tokio::try_join!(sending, arriving)?;
    Ok(())
}
