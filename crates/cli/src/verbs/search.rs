//! `search TEXT`.

use sifter_contract::requests::Search;
use sifter_contract::{Api as _, SearchHit, SearchScope};

use super::{Call, On, address};
use crate::failure::Failure;
use crate::format::table;

pub(super) async fn run(call: &Call<'_>, text: &str) -> Result<(), Failure> {
    let (server, page) = call
        .with(None, async |session| {
            let request = Search {
                text: text.to_owned(),
                scope: SearchScope::Server {
                    server_id: session.server.id.clone(),
                },
            };
            let mut page = session.core().library_search(request).await?;
            if let Some(arch) = &call.options.arch {
                page.hits.retain(|hit| hit.archs.contains(arch));
            }
            Ok((session.server.host.clone(), page))
        })
        .await?;
    let result = On {
        server: &server,
        result: &page,
    };
    call.output.result(&result, || {
        if page.hits.is_empty() {
            return format!("Nothing on {server} is called \"{text}\"");
        }
        table(&page.hits.iter().map(row).collect::<Vec<_>>())
    })
}

fn row(hit: &SearchHit) -> [String; 4] {
    let path = &hit.path;
    let names = [&path.entity, &path.collection, &path.container].map(String::clone);
    [
        address(&names, &[]),
        hit.tags.join(","),
        hit.archs.join(","),
        hit.description
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned(),
    ]
}
