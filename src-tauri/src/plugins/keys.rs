//! Keys go in, never out.

use accounts::Accounts;
use protocol::{
    IpcError, KeyAdoptParams, KeyDiscardParams, KeyIdParams, KeyInfo, KeyList, KeyOrderParams,
    KeyProbeParams, KeyProbeReport, KeyRenameParams, KeySetParams, KeyTestParams, KeyTestReport,
    KeyringStatus, OrphanList,
};
use tauri::{
    AppHandle, Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

use super::providers::lists;

#[command]
async fn status(accounts: State<'_, Accounts>) -> Result<KeyringStatus, IpcError> {
    Ok(accounts.keyring().await)
}

#[command]
async fn stop(accounts: State<'_, Accounts>) -> Result<(), IpcError> {
    accounts.stop_keyring();
    Ok(())
}

#[command]
async fn list(accounts: State<'_, Accounts>) -> Result<KeyList, IpcError> {
    Ok(KeyList {
        keys: accounts.keys()?,
    })
}

#[command]
async fn set<R: Runtime>(app: AppHandle<R>, params: KeySetParams) -> Result<KeyInfo, IpcError> {
    let set = app.state::<Accounts>().set_key(params).await?;
    lists(&app, &set.provider).await;
    Ok(set)
}

#[command]
async fn test(
    accounts: State<'_, Accounts>,
    params: KeyTestParams,
) -> Result<KeyTestReport, IpcError> {
    accounts.test_key(params).await
}

#[command]
async fn choose(accounts: State<'_, Accounts>, params: KeyIdParams) -> Result<(), IpcError> {
    accounts.choose_key(&params.id).await
}

#[command]
async fn order(accounts: State<'_, Accounts>, params: KeyOrderParams) -> Result<(), IpcError> {
    accounts.order_keys(params).await
}

#[command]
async fn probe(
    accounts: State<'_, Accounts>,
    params: KeyProbeParams,
) -> Result<KeyProbeReport, IpcError> {
    accounts.probe(params).await
}

#[command]
async fn rename(accounts: State<'_, Accounts>, params: KeyRenameParams) -> Result<(), IpcError> {
    accounts.rename_key(&params.id, &params.label).await
}

#[command]
async fn remove(accounts: State<'_, Accounts>, params: KeyIdParams) -> Result<(), IpcError> {
    accounts.remove_key(&params.id).await
}

#[command]
async fn orphans(accounts: State<'_, Accounts>) -> Result<OrphanList, IpcError> {
    Ok(OrphanList {
        keys: accounts.orphans().await?,
    })
}

#[command]
async fn adopt(accounts: State<'_, Accounts>, params: KeyAdoptParams) -> Result<KeyInfo, IpcError> {
    accounts.adopt_key(params).await
}

#[command]
async fn discard(accounts: State<'_, Accounts>, params: KeyDiscardParams) -> Result<(), IpcError> {
    accounts.discard_key(&params).await
}

/// The plugin `keys`.
pub fn init<R: Runtime>() -> TauriPlugin<R> {
    Builder::new("keys")
        .invoke_handler(generate_handler![
            status, stop, list, set, test, choose, order, probe, rename, remove, orphans, adopt,
            discard
        ])
        .build()
}
