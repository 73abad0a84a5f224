//! Keys: listed, added, tested, removed; none is ever shown.

use protocol::{ErrorCode, IpcError, Keep, KeyInfo, KeySetParams, KeyTestParams};
use tokio::runtime::Handle;

use crate::{
    arguments::KeysCommand,
    failure::{FAILED, Failure},
    home::{self, Services},
    output, question,
    words::Words,
};

/// Runs a command.
pub async fn keys(
    command: Option<KeysCommand>,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let services = home::open(runtime, words)?;
    let done = match command.unwrap_or(KeysCommand::List) {
        KeysCommand::List => list(&services),
        KeysCommand::Add { provider, label } => add(&services, provider, label).await,
        KeysCommand::Test { provider, id } => test(&services, provider, id, words).await,
        KeysCommand::Remove { id } => remove(&services, &id).await,
    };
    services.close().await?;
    done
}

fn list(services: &Services) -> Result<u8, Failure> {
    let keys = services.app.accounts.keys()?;
    output::table(&keys.iter().map(row).collect::<Vec<_>>());
    Ok(0)
}

fn row(key: &KeyInfo) -> Vec<String> {
    let state = if key.rests_until.is_some() {
        "rests"
    } else if !key.usable {
        "for another address"
    } else if key.chosen {
        "first"
    } else {
        "then"
    };
    vec![
        key.provider.clone(),
        key.label.clone(),
        format!("…{}", key.last4),
        state.to_owned(),
        key.origin.clone(),
        key.id.clone(),
    ]
}

async fn add(services: &Services, provider: String, label: String) -> Result<u8, Failure> {
    let accounts = &services.app.accounts;
    let about = Some(provider.clone());
    accounts.manifest(&provider)?;
    if let Some(error) = &services.unkept {
        // It would be gone with this process.
        return Err(error.clone().into());
    }
    let key = tokio::task::spawn_blocking(question::key).await;
    let key = key.map_err(|error| IpcError::new(ErrorCode::Internal, error.to_string()))??;
    let params = KeySetParams {
        provider,
        label,
        key,
        keep: Keep::Keyring,
    };
    let added = accounts.set_key(params).await;
    let added = added.map_err(|error| Failure::Error(error, about))?;
    output::table(&[row(&added)]);
    Ok(0)
}

async fn test(
    services: &Services,
    provider: String,
    id: Option<String>,
    words: &Words,
) -> Result<u8, Failure> {
    let accounts = &services.app.accounts;
    let failure = |error| Failure::Error(error, Some(provider.clone()));
    let account = accounts.account(&provider).map_err(failure)?;
    let id = id.or_else(|| account.keys.first().map(|key| key.id.clone()));
    let params = KeyTestParams {
        provider: provider.clone(),
        id,
        key: None,
    };
    let report = accounts.test_key(params).await.map_err(failure)?;
    if let Some(error) = report.error {
        return Err(failure(error));
    }
    let said = match report.accepted {
        Some(true) => words.either("accepted", "已接受"),
        Some(false) => words.either("refused", "被拒绝"),
        None => words.either(
            "reachable; keys are not told apart there",
            "可以访问；无法判断密钥",
        ),
    };
    let models = report.models.map(|count| format!("{count} models"));
    let row = [said.to_owned(), format!("{} ms", report.took_ms)];
    output::table(&[row.into_iter().chain(models).collect()]);
    Ok(if report.accepted == Some(false) {
        FAILED
    } else {
        0
    })
}

async fn remove(services: &Services, id: &str) -> Result<u8, Failure> {
    let accounts = &services.app.accounts;
    if !accounts.keys()?.iter().any(|key| key.id == id) {
        let message = format!("There is no key {id}. `dragoman-cli keys` lists them.");
        return Err(IpcError::new(ErrorCode::NotFound, message).into());
    }
    accounts.remove_key(id).await?;
    Ok(0)
}
