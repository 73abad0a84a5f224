use ts_rs::TS;

use crate::*;

/// Every command the page may call: its params and its answer. A command that
/// streams also takes a channel of [`ChatEvent`], beside `params`.
#[derive(TS)]
#[allow(dead_code)]
pub struct Commands {
    #[ts(rename = "plugin:desktop|hello")]
    desktop_hello: ((), Hello),
    #[ts(rename = "plugin:desktop|ready")]
    desktop_ready: ((), ()),
    #[ts(rename = "plugin:desktop|open")]
    desktop_open: (OpenParams, ()),
    #[ts(rename = "plugin:desktop|copy")]
    desktop_copy: (CopyParams, ()),
    /// Asks whether there is a newer version: the person pressed for it.
    #[ts(rename = "plugin:desktop|check_updates")]
    desktop_check_updates: ((), UpdateCheck),
    #[ts(rename = "plugin:desktop|install_update")]
    desktop_install_update: ((), ()),
    #[ts(rename = "plugin:desktop|data_folder")]
    desktop_data_folder: ((), DataFolder),
    #[ts(rename = "plugin:desktop|open_data_folder")]
    desktop_open_data_folder: ((), ()),
    /// Removes everything that the app keeps, once the person allowed it in a dialog of the
    /// shell; the app then ends.
    #[ts(rename = "plugin:desktop|forget_everything")]
    desktop_forget_everything: ((), ()),
    /// What came from outside: asked for at the start, and when the event says so.
    #[ts(rename = "plugin:desktop|arrived")]
    desktop_arrived: ((), Arrived),

    #[ts(rename = "plugin:settings|get")]
    settings_get: ((), Settings),
    #[ts(rename = "plugin:settings|set")]
    settings_set: (SettingsSetParams, Settings),
    #[ts(rename = "plugin:settings|network")]
    settings_network: ((), NetworkStatus),
    #[ts(rename = "plugin:settings|set_proxy_password")]
    settings_set_proxy_password: (ProxyPasswordParams, NetworkStatus),
    #[ts(rename = "plugin:settings|choose_ca")]
    settings_choose_ca: ((), Settings),
    #[ts(rename = "plugin:settings|clear_ca")]
    settings_clear_ca: ((), Settings),

    #[ts(rename = "plugin:backup|state")]
    backup_state: ((), BackupState),
    /// Has the person choose where backups go, in a dialog of the shell.
    #[ts(rename = "plugin:backup|choose")]
    backup_choose: ((), Settings),
    /// Makes a backup where they go; answers when it is made.
    #[ts(rename = "plugin:backup|start")]
    backup_start: ((), BackupState),
    #[ts(rename = "plugin:backup|stop")]
    backup_stop: ((), ()),
    /// `None` where the person chose no folder.
    #[ts(rename = "plugin:backup|look")]
    backup_look: (BackupLookParams, Option<BackupFolder>),
    /// What is in a backup, and what is missing of it.
    #[ts(rename = "plugin:backup|set")]
    backup_set: (BackupSetParams, BackupSet),
    /// Brings a backup back, once the person allowed it in a dialog of the shell; the app
    /// then starts anew.
    #[ts(rename = "plugin:backup|restore")]
    backup_restore: (BackupSetParams, ()),

    #[ts(rename = "plugin:keys|status")]
    keys_status: ((), KeyringStatus),
    /// Ends every wait for the keyring's prompt, and closes it.
    #[ts(rename = "plugin:keys|stop")]
    keys_stop: ((), ()),
    #[ts(rename = "plugin:keys|list")]
    keys_list: ((), KeyList),
    #[ts(rename = "plugin:keys|set")]
    keys_set: (KeySetParams, KeyInfo),
    #[ts(rename = "plugin:keys|test")]
    keys_test: (KeyTestParams, KeyTestReport),
    #[ts(rename = "plugin:keys|choose")]
    keys_choose: (KeyIdParams, ()),
    #[ts(rename = "plugin:keys|order")]
    keys_order: (KeyOrderParams, ()),
    #[ts(rename = "plugin:keys|probe")]
    keys_probe: (KeyProbeParams, KeyProbeReport),
    #[ts(rename = "plugin:keys|rename")]
    keys_rename: (KeyRenameParams, ()),
    #[ts(rename = "plugin:keys|remove")]
    keys_remove: (KeyIdParams, ()),
    #[ts(rename = "plugin:keys|orphans")]
    keys_orphans: ((), OrphanList),
    #[ts(rename = "plugin:keys|adopt")]
    keys_adopt: (KeyAdoptParams, KeyInfo),
    #[ts(rename = "plugin:keys|discard")]
    keys_discard: (KeyDiscardParams, ()),

    #[ts(rename = "plugin:providers|list")]
    providers_list: ((), ProviderList),
    #[ts(rename = "plugin:providers|add")]
    providers_add: (ProviderAddParams, Provider),
    #[ts(rename = "plugin:providers|update")]
    providers_update: (ProviderUpdateParams, Provider),
    #[ts(rename = "plugin:providers|remove")]
    providers_remove: (ProviderIdParams, ()),
    #[ts(rename = "plugin:providers|models")]
    providers_models: (ProviderIdParams, ModelList),
    /// Asks the servers nearby and the endpoints that were added for their models,
    /// unless they were asked lately; what comes of it is told by the event `provider`.
    #[ts(rename = "plugin:providers|refresh")]
    providers_refresh: ((), ()),
    #[ts(rename = "plugin:providers|set_model")]
    providers_set_model: (ModelSetParams, Model),
    #[ts(rename = "plugin:providers|share_rate_limit")]
    providers_share_rate_limit: (ShareRateLimitParams, ()),
    #[ts(rename = "plugin:providers|manifest")]
    providers_manifest: (ProviderIdParams, ManifestText),
    #[ts(rename = "plugin:providers|save")]
    providers_save: (ManifestSaveParams, Provider),
    #[ts(rename = "plugin:providers|copy")]
    providers_copy: (ProviderIdParams, Provider),
    #[ts(rename = "plugin:providers|import")]
    providers_import: ((), PluginReport),
    #[ts(rename = "plugin:providers|export")]
    providers_export: (ProviderIdParams, bool),
    #[ts(rename = "plugin:providers|plugins")]
    providers_plugins: ((), PluginReport),

    #[ts(rename = "plugin:images|list")]
    images_list: ((), AttachmentList),
    #[ts(rename = "plugin:images|pick")]
    images_pick: ((), ()),
    #[ts(rename = "plugin:images|paste")]
    images_paste: ((), PastedText),
    #[ts(rename = "plugin:images|remove")]
    images_remove: (AttachmentIdParams, ()),
    /// Brings the attachment back that was removed last.
    #[ts(rename = "plugin:images|restore")]
    images_restore: (AttachmentIdParams, ()),
    #[ts(rename = "plugin:images|order")]
    images_order: (AttachmentOrderParams, ()),
    /// Keeps attachments over a restart, until they are sent or removed.
    #[ts(rename = "plugin:images|keep_unsent")]
    images_keep_unsent: (AttachmentOrderParams, ()),
    #[ts(rename = "plugin:images|target")]
    images_target: (TargetParams, ()),
    #[ts(rename = "plugin:images|options")]
    images_options: (PictureOptionsParams, ()),
    #[ts(rename = "plugin:images|crop")]
    images_crop: (CropParams, ()),
    #[ts(rename = "plugin:images|save")]
    images_save: (PictureSaveParams, bool),
    #[ts(rename = "plugin:images|again")]
    images_again: (PictureAgainParams, ()),
    /// Gives up every picture that is still being prepared.
    #[ts(rename = "plugin:images|cancel")]
    images_cancel: ((), ()),
    #[ts(rename = "plugin:images|take_folder")]
    images_take_folder: (TakeFolderParams, ()),
    /// Attaches the files that came from outside.
    #[ts(rename = "plugin:images|take_arrived")]
    images_take_arrived: ((), ()),
    #[ts(rename = "plugin:images|add_link")]
    images_add_link: (AddLinkParams, ()),
    #[ts(rename = "plugin:images|fetch")]
    images_fetch: (AttachmentIdParams, ()),

    #[ts(rename = "plugin:history|list")]
    history_list: (ConversationListParams, ConversationList),
    /// How many are in the other lists.
    #[ts(rename = "plugin:history|put_away")]
    history_put_away: ((), PutAway),
    #[ts(rename = "plugin:history|last_open")]
    history_last_open: ((), LastOpen),
    /// Opens a conversation: it is the one that is open, and all of it is seen.
    #[ts(rename = "plugin:history|open")]
    history_open: (ConversationIdParams, Conversation),
    /// A new conversation is open.
    #[ts(rename = "plugin:history|leave")]
    history_leave: ((), ()),
    #[ts(rename = "plugin:history|keep_draft")]
    history_keep_draft: (DraftParams, ()),
    #[ts(rename = "plugin:history|earlier")]
    history_earlier: (MessageIdParams, MessageList),
    /// Shows the branch that a message is on.
    #[ts(rename = "plugin:history|show")]
    history_show: (MessageIdParams, MessageTail),
    /// Removes a message with all that follows it; for a minute it can be brought back.
    #[ts(rename = "plugin:history|remove_message")]
    history_remove_message: (MessageIdParams, MessageTail),
    #[ts(rename = "plugin:history|restore_message")]
    history_restore_message: (MessageIdParams, MessageTail),
    /// Begins a conversation with all that led to a message, it included.
    #[ts(rename = "plugin:history|fork")]
    history_fork: (MessageIdParams, Forked),
    #[ts(rename = "plugin:history|search")]
    history_search: (SearchParams, SearchAnswer),
    #[ts(rename = "plugin:history|find")]
    history_find: (FindParams, FindAnswer),
    /// Makes the branch that its conversation shows one that holds a message.
    #[ts(rename = "plugin:history|show_message")]
    history_show_message: (MessageIdParams, ShownMessage),
    #[ts(rename = "plugin:history|rename")]
    history_rename: (ConversationRenameParams, ()),
    #[ts(rename = "plugin:history|export")]
    history_export: (ConversationExportParams, bool),
    /// Removes conversations into the bin: for thirty days they can be brought back.
    #[ts(rename = "plugin:history|remove")]
    history_remove: (ConversationIdsParams, ()),
    #[ts(rename = "plugin:history|restore")]
    history_restore: (ConversationIdsParams, ()),
    /// Removes conversations of the bin for good.
    #[ts(rename = "plugin:history|erase")]
    history_erase: (ConversationIdsParams, ()),
    /// Removes all of the bin for good.
    #[ts(rename = "plugin:history|empty_bin")]
    history_empty_bin: ((), ()),
    #[ts(rename = "plugin:history|pin")]
    history_pin: (ConversationPinParams, ()),
    #[ts(rename = "plugin:history|archive")]
    history_archive: (ConversationArchiveParams, ()),
    #[ts(rename = "plugin:history|set_params")]
    history_set_params: (ConversationParamsParams, ()),

    #[ts(rename = "plugin:history|presets")]
    history_presets: ((), PresetList),
    /// Keeps a preset: a new one last, one that is known where it stands. Answer: as it
    /// is kept, with its id and a name that no other has.
    #[ts(rename = "plugin:history|save_preset")]
    history_save_preset: (Preset, Preset),
    #[ts(rename = "plugin:history|remove_preset")]
    history_remove_preset: (PresetIdParams, ()),
    #[ts(rename = "plugin:history|order_presets")]
    history_order_presets: (PresetOrderParams, ()),

    #[ts(rename = "plugin:out|copy_answer")]
    out_copy_answer: (CopyAnswerParams, ()),
    #[ts(rename = "plugin:out|copy_table")]
    out_copy_table: (CopyTableParams, ()),
    #[ts(rename = "plugin:out|save_table")]
    out_save_table: (PieceParams, bool),
    #[ts(rename = "plugin:out|save_code")]
    out_save_code: (PieceParams, bool),
    /// Puts the branch that a conversation shows on the clipboard, as Markdown.
    #[ts(rename = "plugin:out|copy_conversation")]
    out_copy_conversation: (ConversationIdParams, ()),
    /// Prints the branch that a conversation shows; false where the person closed the dialog.
    #[ts(rename = "plugin:out|print")]
    out_print: (ConversationIdParams, bool),

    #[ts(rename = "plugin:chat|send")]
    chat_send: (ChatSendParams, ChatSent),
    #[ts(rename = "plugin:chat|edit")]
    chat_edit: (ChatEditParams, ChatSent),
    #[ts(rename = "plugin:chat|retry")]
    chat_retry: (ChatRetryParams, ChatSent),
    #[ts(rename = "plugin:chat|go_on")]
    chat_go_on: (ChatRetryParams, ChatSent),
    #[ts(rename = "plugin:chat|attach")]
    chat_attach: (ChatAttachParams, ()),
    #[ts(rename = "plugin:chat|stop")]
    chat_stop: (ChatStopParams, ()),
    #[ts(rename = "plugin:chat|load_picture")]
    chat_load_picture: (LoadPictureParams, Picture),
    #[ts(rename = "plugin:chat|size")]
    chat_size: (RequestSizeParams, RequestSize),
}

/// Every event the page may listen to, and what it carries.
#[derive(TS)]
#[allow(dead_code)]
pub struct Events {
    /// Something came from outside.
    arrived: (),
    attachment: AttachmentEvent,
    backup: BackupState,
    drag: DragEvent,
    folder: FolderEvent,
    /// A paste that did not come.
    clipboard: IpcError,
    conversations: ConversationsEvent,
    keyring: KeyringEvent,
    notice: Notice,
    plugins: PluginReport,
    provider: ProviderEvent,
}
