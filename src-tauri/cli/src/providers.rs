//! Who can be asked.

use protocol::Model;
use tokio::runtime::Handle;

use crate::{failure::Failure, home, output, words::Words};

/// Lists the providers.
pub async fn providers(runtime: Handle, words: &Words) -> Result<u8, Failure> {
    let services = home::open(runtime, words)?;
    let accounts = &services.app.accounts;
    let keys = accounts.keys()?;
    let providers = accounts.providers_in_brief(None)?;
    let row = |one: &protocol::Provider| {
        let count = keys.iter().filter(|key| key.provider == one.id).count();
        let key = match (count, one.needs_key) {
            (0, true) => "needs a key".to_owned(),
            (0, false) => "no key needed".to_owned(),
            (1, _) => "1 key".to_owned(),
            (count, _) => format!("{count} keys"),
        };
        vec![one.id.clone(), one.name.clone(), key, one.base_url.clone()]
    };
    output::table(&providers.iter().map(row).collect::<Vec<_>>());
    services.close().await?;
    Ok(0)
}

/// Lists the models that are known, as a model is chosen by them.
pub async fn models(
    provider: Option<String>,
    refresh: bool,
    runtime: Handle,
    words: &Words,
) -> Result<u8, Failure> {
    let services = home::open(runtime, words)?;
    let accounts = &services.app.accounts;
    let rows = async {
        let mut rows = Vec::new();
        if let Some(id) = &provider {
            if refresh {
                let asked = accounts.models(id).await;
                asked.map_err(|error| Failure::Error(error, Some(id.clone())))?;
            }
            rows.extend(accounts.provider(id)?.models.iter().map(|one| row(id, one)));
        } else {
            for one in accounts.providers()? {
                rows.extend(one.models.iter().map(|model| row(&one.id, model)));
            }
        }
        Ok(rows)
    };
    let rows: Result<Vec<_>, Failure> = rows.await;
    if let Ok(rows) = &rows {
        output::table(rows);
    }
    services.close().await?;
    rows.map(|_| 0)
}

fn row(provider: &str, model: &Model) -> Vec<String> {
    let takes = match model.image {
        Some(true) => "pictures",
        Some(false) => "text only",
        None => "",
    };
    vec![format!("{provider}/{}", model.id), takes.to_owned()]
}
