//! Sentences about the files and helpers of other command lines.

use super::facts::Facts;

pub(super) fn file(facts: &Facts<'_>) -> String {
    let path = facts.text("path", "The file of the command line");
    let why = match facts.text("reason", "").as_str() {
        "link" => {
            "is a link, which the programs themselves do not follow. Put the file there itself"
        }
        "not_a_file" => "is not a file. Move it away",
        "not_ours" => "can be changed by others. Make it yours alone with chmod 600",
        "too_long" => "is longer than such a file can be. Look what is in it",
        "not_understood" => "cannot be understood. Mend it, or move it away",
        "form" => {
            "is written in a form that cannot be changed in place. Write each setting on its own line"
        }
        "changed" => "was changed by another program at the same moment. Try again",
        "not_set_up" => {
            "cannot be written before apptainer has run once: it takes over what singularity has. Run it"
        }
        "gone" => "does not hold it any more. Look again",
        _ => "cannot be read or written. Check its permissions and the disk",
    };
    format!("{path} {why}. Nothing was changed.")
}

pub(super) fn helper(facts: &Facts<'_>) -> String {
    let name = facts.text("name", "The credential helper");
    match facts.text("reason", "").as_str() {
        "name" => format!(
            "{name} cannot be the name of a credential helper, so it was not run. Check the file."
        ),
        "missing" => {
            format!("{name} is not installed in a safe place, so it was not run. Install it.")
        }
        "timeout" => format!(
            "{name} did not answer within ten seconds. Unlock what it asks for, and try again."
        ),
        "nothing" => {
            format!("{name} knows no password for this registry. Sign in with docker first.")
        }
        _ => format!("The answer of {name} made no sense. Update it."),
    }
}
