//! Finding out what is wrong with a server, one thing after the other, on the way that requests really go: through
//! the same proxy, with the same trust.

mod board;
mod hop;
mod report;
pub(crate) mod services;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sifter_contract::{
    CheckKind, CheckOutcome, Diagnose, DiagnosisView, Seen, SkipReason, UiError,
};
use sifter_library_client::discovery::address_of;
use sifter_library_client::{Endpoints, Http, discover};
use tokio_util::sync::CancellationToken;
use url::Url;
use uuid::Uuid;

use super::view::host_text;
use super::{Reachable, Servers};
use crate::app::AppCore;
use crate::errors::{self, Place};
use board::Board;
use services::{Asked, services_of};

/// How long a step may take. Shorter than in a transfer: somebody sits and watches.
const PATIENCE: Duration = Duration::from_secs(10);

/// What every host has to get right, in this order.
const WAY: [CheckKind; 4] = [
    CheckKind::Name,
    CheckKind::Proxy,
    CheckKind::Connection,
    CheckKind::Encryption,
];

/// The diagnosis that the window looks at, if any.
#[derive(Debug, Default)]
pub(crate) struct Diagnoses(Mutex<Option<Running>>);

#[derive(Debug)]
struct Running {
    board: Arc<Board>,
    stop: CancellationToken,
}

impl Diagnoses {
    fn replace(&self, running: Option<Running>) {
        let mut current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = current.take() {
            before.stop.cancel();
        }
        *current = running;
    }

    fn find(&self, id: &str) -> Result<(Arc<Board>, CancellationToken), UiError> {
        let current = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = current.as_ref().filter(|running| running.board.is(id));
        found
            .map(|running| (Arc::clone(&running.board), running.stop.clone()))
            .ok_or_else(|| errors::invalid("there is no such diagnosis"))
    }
}

/// What is looked at.
struct Target {
    /// What the server is called.
    subject: String,
    /// Where its description is looked for.
    web: Url,
    /// What is known of it already.
    server: Option<Reachable>,
    http: Http,
}

impl AppCore {
    /// Begins to find out what is wrong; the events tell how it goes on. One begun before is stopped.
    pub(crate) async fn diagnose(&self, request: Diagnose) -> Result<DiagnosisView, UiError> {
        let target = self.diagnosed(&request).await?;
        let id = Uuid::new_v4().to_string();
        let board = Arc::new(Board::new(id, &target.subject, Arc::clone(&self.hub)));
        board.add_host(&host_text(&target.web), &WAY);
        board.add(&host_text(&target.web), CheckKind::Discovery);
        let stop = self.stop.child_token();
        self.diagnoses.replace(Some(Running {
            board: Arc::clone(&board),
            stop: stop.clone(),
        }));
        let view = board.view();
        let servers = Arc::clone(&self.servers);
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => board.give_up(),
                () = servers.find_out(&target, &board) => board.finish(),
            }
        });
        Ok(view)
    }

    pub(crate) fn stop_diagnosis(&self, id: &str) {
        if let Ok((_, stop)) = self.diagnoses.find(id) {
            stop.cancel();
        }
    }

    pub(crate) fn copy_diagnosis(&self, id: &str) -> Result<(), UiError> {
        let (board, _) = self.diagnoses.find(id)?;
        self.copy(&report::report(&board.view()))
    }

    async fn diagnosed(&self, request: &Diagnose) -> Result<Target, UiError> {
        if let Some(id) = &request.server_id {
            let server = self.servers.reach(id).await?;
            let http = self.servers.http_for(&server).clone();
            return Ok(Target {
                subject: server.name.clone(),
                web: web_of(&server.endpoints),
                server: Some(server),
                http: http.with_idle_timeout(PATIENCE),
            });
        }
        let address = request.address.as_deref().unwrap_or_default().trim();
        if address.is_empty() || address.len() > 2048 {
            return Err(errors::address(address));
        }
        let place = Place::of(address, false);
        let http = self.servers.http_of(request.allow_http).clone();
        let web = address_of(address).and_then(|web| http.check(&web).map(|()| web));
        Ok(Target {
            subject: address.to_owned(),
            web: web.map_err(|error| errors::client(&error, &place))?,
            server: None,
            http: http.with_idle_timeout(PATIENCE),
        })
    }
}

impl Servers {
    async fn find_out(self: &Arc<Self>, target: &Target, board: &Board) {
        let host = host_text(&target.web);
        let passed = hop::walk(board, &target.http, &target.web).await;
        let endpoints = if passed {
            self.describe(target, board, &host).await
        } else {
            board.set(&host, CheckKind::Discovery, earlier());
            target
                .server
                .as_ref()
                .map(|server| server.endpoints.clone())
        };
        let Some(endpoints) = endpoints else {
            return;
        };
        let asked = services_of(&endpoints, target.server.is_some());
        let mut groups: Vec<(Url, Vec<Asked>)> = Vec::new();
        for one in asked {
            let known = (groups.iter_mut()).find(|(url, _)| url.origin() == one.base.origin());
            match known {
                Some((_, services)) => services.push(one),
                None => groups.push((one.base.clone(), vec![one])),
            }
        }
        for (url, services) in &groups {
            let host = host_text(url);
            board.add_host(&host, &WAY);
            for service in services {
                board.add(&host, service.kind);
            }
        }
        let endpoints = &endpoints_for(target, &endpoints);
        let groups = groups.iter().map(|(url, services)| async move {
            let host = host_text(url);
            let is_first = url.origin() == target.web.origin();
            let passed = if is_first {
                passed
            } else {
                hop::walk(board, &target.http, url).await
            };
            for service in services {
                if passed {
                    board.set(&host, service.kind, CheckOutcome::Running);
                    let outcome = self.ask(target, endpoints, service).await;
                    board.set(&host, service.kind, outcome);
                } else {
                    board.set(&host, service.kind, earlier());
                }
            }
        });
        futures_util::future::join_all(groups).await;
    }

    /// Asks where the services are. What is known already counts when the answer is of no use, and where a person
    /// has said otherwise.
    async fn describe(&self, target: &Target, board: &Board, host: &str) -> Option<Endpoints> {
        board.set(host, CheckKind::Discovery, CheckOutcome::Running);
        let known = target.server.as_ref().map(|server| &server.endpoints);
        match discover(&target.http, target.web.as_str()).await {
            Ok(found) => {
                let seen = match &found.web {
                    Some(_) => Seen::Services {
                        count: services::count(&found),
                    },
                    None => Seen::LibraryItself,
                };
                board.set(host, CheckKind::Discovery, CheckOutcome::Good { seen });
                Some(known.cloned().map_or(found.clone(), |known| Endpoints {
                    registry: known.registry.or(found.registry),
                    ..known
                }))
            }
            Err(error) => {
                let place = Place::of(&target.subject, false);
                let error = errors::client(&error, &place);
                board.set(host, CheckKind::Discovery, CheckOutcome::Bad { error });
                known.cloned()
            }
        }
    }
}

fn endpoints_for(target: &Target, found: &Endpoints) -> Endpoints {
    let mut endpoints = found.clone();
    endpoints.web.get_or_insert_with(|| target.web.clone());
    endpoints
}

fn web_of(endpoints: &Endpoints) -> Url {
    endpoints
        .web
        .clone()
        .unwrap_or_else(|| endpoints.library.clone())
}

fn earlier() -> CheckOutcome {
    CheckOutcome::Skipped {
        why: SkipReason::Earlier,
    }
}
