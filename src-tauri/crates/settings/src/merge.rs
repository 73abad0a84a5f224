//! What one process changed, over what another wrote meanwhile.

use protocol::{BackupSettings, NetworkSettings, Settings};

/// What is to be stored: of each setting that of `wanted` where it differs from
/// `known`, which `wanted` was made from, else what is in the file. Settings that
/// mean something only together are taken together.
pub(crate) fn merged(known: &Settings, wanted: Settings, stored: &Settings) -> Settings {
    // Taken apart, so that a setting that is added cannot be forgotten here.
    let Settings {
        theme,
        language,
        zoom,
        provider,
        model,
        titles,
        network,
        check_updates,
        backup,
    } = wanted;
    let model_of = |of: &Settings| (of.provider.clone(), of.model.clone());
    let (provider, model) = changed(model_of(known), (provider, model), model_of(stored));
    Settings {
        theme: changed(known.theme, theme, stored.theme),
        language: changed(known.language, language, stored.language),
        zoom: changed(known.zoom, zoom, stored.zoom),
        provider,
        model,
        titles: changed(known.titles.clone(), titles, stored.titles.clone()),
        network: merged_network(&known.network, network, &stored.network),
        check_updates: changed(known.check_updates, check_updates, stored.check_updates),
        backup: BackupSettings {
            folder: changed(
                known.backup.folder.clone(),
                backup.folder,
                stored.backup.folder.clone(),
            ),
            schedule: changed(
                known.backup.schedule,
                backup.schedule,
                stored.backup.schedule,
            ),
        },
    }
}

fn merged_network(
    known: &NetworkSettings,
    wanted: NetworkSettings,
    stored: &NetworkSettings,
) -> NetworkSettings {
    let NetworkSettings {
        proxy,
        proxy_url,
        proxy_user,
        ca_file,
        idle_seconds,
    } = wanted;
    // A user of one proxy is nobody at another.
    let proxy_of = |of: &NetworkSettings| (of.proxy, of.proxy_url.clone(), of.proxy_user.clone());
    let (proxy, proxy_url, proxy_user) = changed(
        proxy_of(known),
        (proxy, proxy_url, proxy_user),
        proxy_of(stored),
    );
    NetworkSettings {
        proxy,
        proxy_url,
        proxy_user,
        ca_file: changed(known.ca_file.clone(), ca_file, stored.ca_file.clone()),
        idle_seconds: changed(known.idle_seconds, idle_seconds, stored.idle_seconds),
    }
}

fn changed<T: PartialEq>(known: T, wanted: T, stored: T) -> T {
    if wanted == known { stored } else { wanted }
}
