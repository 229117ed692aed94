//! What was found so far, told to the window with every step.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sifter_contract::{
    AppEvent, Check, CheckKind, CheckOutcome, DiagnosedHost, DiagnosisView, SkipReason,
};

use crate::events::Hub;

#[derive(Debug)]
pub(super) struct Board {
    view: Mutex<DiagnosisView>,
    hub: Arc<Hub>,
}

impl Board {
    pub(super) fn new(id: String, subject: &str, hub: Arc<Hub>) -> Self {
        let view = DiagnosisView {
            id,
            subject: subject.to_owned(),
            done: false,
            hosts: Vec::new(),
        };
        Self {
            view: Mutex::new(view),
            hub,
        }
    }

    pub(super) fn is(&self, id: &str) -> bool {
        self.lock().id == id
    }

    pub(super) fn view(&self) -> DiagnosisView {
        self.lock().clone()
    }

    /// Adds a host with what is to be looked at there, unless it is there.
    pub(super) fn add_host(&self, host: &str, kinds: &[CheckKind]) {
        let mut view = self.lock();
        if view.hosts.iter().any(|known| known.host == host) {
            return;
        }
        view.hosts.push(DiagnosedHost {
            host: host.to_owned(),
            checks: kinds.iter().map(|kind| waiting(*kind)).collect(),
        });
    }

    /// Adds one more thing to look at.
    pub(super) fn add(&self, host: &str, kind: CheckKind) {
        let mut view = self.lock();
        if let Some(known) = view.hosts.iter_mut().find(|known| known.host == host) {
            known.checks.push(waiting(kind));
        }
    }

    pub(super) fn set(&self, host: &str, kind: CheckKind, outcome: CheckOutcome) {
        self.set_if(host, kind, outcome, |_| true);
    }

    /// Says something about what nobody has looked at yet, or is still looking at.
    pub(super) fn set_open(&self, host: &str, kind: CheckKind, outcome: CheckOutcome) {
        self.set_if(host, kind, outcome, is_open);
    }

    fn set_if(
        &self,
        host: &str,
        kind: CheckKind,
        outcome: CheckOutcome,
        wanted: impl FnOnce(&CheckOutcome) -> bool,
    ) {
        let mut view = self.lock();
        let known = view.hosts.iter_mut().find(|known| known.host == host);
        let check = known.and_then(|known| known.checks.iter_mut().find(|one| one.kind == kind));
        if let Some(check) = check.filter(|check| wanted(&check.outcome)) {
            check.outcome = outcome;
        }
        self.tell(&view);
    }

    /// All is said.
    pub(super) fn finish(&self) {
        let mut view = self.lock();
        view.done = true;
        self.tell(&view);
    }

    /// The person does not want to know the rest.
    pub(super) fn give_up(&self) {
        let mut view = self.lock();
        for check in view.hosts.iter_mut().flat_map(|host| &mut host.checks) {
            if is_open(&check.outcome) {
                check.outcome = CheckOutcome::Skipped {
                    why: SkipReason::Stopped,
                };
            }
        }
        view.done = true;
        self.tell(&view);
    }

    fn tell(&self, view: &DiagnosisView) {
        self.hub.moment(AppEvent::Diagnosis {
            diagnosis: view.clone(),
        });
    }

    fn lock(&self) -> MutexGuard<'_, DiagnosisView> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_open(outcome: &CheckOutcome) -> bool {
    matches!(outcome, CheckOutcome::Waiting | CheckOutcome::Running)
}

fn waiting(kind: CheckKind) -> Check {
    Check {
        kind,
        outcome: CheckOutcome::Waiting,
    }
}
