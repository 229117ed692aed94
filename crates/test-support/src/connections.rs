//! Taking connections, for the servers that only pass on what comes.

use anyhow::Result;
use tokio::net::{TcpListener, TcpStream};

/// Carries every connection in a task of its own.
pub(crate) async fn serve<C>(listener: TcpListener, carry: impl Fn(TcpStream) -> C)
where
    C: Future<Output = Result<()>> + Send + 'static,
{
    while let Ok((connection, _)) = listener.accept().await {
        let carried = carry(connection);
        tokio::spawn(async move {
            // Either side may hang up at any time; that is nobody's business here.
            let _ = carried.await;
        });
    }
}
