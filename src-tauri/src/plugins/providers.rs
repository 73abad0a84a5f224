//! Who can be asked.

use chat::Accounts;
use protocol::{
    IpcError, ModelList, Provider, ProviderAddParams, ProviderIdParams, ProviderList,
    ProviderUpdateParams,
};
use tauri::{
    Manager, Runtime, State, command, generate_handler,
    plugin::{Builder, TauriPlugin},
};

#[command]
async fn list(accounts: State<'_, Accounts>) -> Result<ProviderList, IpcError> {
    Ok(ProviderList {
        providers: accounts.providers()?,
    })
}

#[command]
async fn add(
    accounts: State<'_, Accounts>,
    params: ProviderAddParams,
) -> Result<Provider, IpcError> {
    accounts.add_provider(&params)
}

#[command]
async fn update(
    accounts: State<'_, Accounts>,
    params: ProviderUpdateParams,
) -> Result<Provider, IpcError> {
    accounts.update_provider(&params)
}

#[command]
async fn remove(accounts: State<'_, Accounts>, params: ProviderIdParams) -> Result<(), IpcError> {
    accounts.remove_provider(&params.id).await
}

#[command]
async fn models(
    accounts: State<'_, Accounts>,
    params: ProviderIdParams,
) -> Result<ModelList, IpcError> {
    Ok(ModelList {
        models: accounts.models(&params.id).await?,
    })
}

/// The plugin `providers`.
pub fn init<R: Runtime>(accounts: Accounts) -> TauriPlugin<R> {
    Builder::new("providers")
        .setup(move |app, _| {
            app.manage(accounts);
            Ok(())
        })
        .invoke_handler(generate_handler![list, add, update, remove, models])
        .build()
}
