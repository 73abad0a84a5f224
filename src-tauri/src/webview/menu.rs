//! The menu on the right button: what makes sense in this page, in its language. The
//! web view's own also offers to go back, to reload, to open pictures in windows that
//! there are not and to save files by a way that asks nobody.

use gtk::gio::SimpleAction;
use gtk::prelude::{ActionExt, Cast};
use tauri::{AppHandle, Runtime};
use webkit2gtk::{
    ContextMenu, ContextMenuAction as Action, ContextMenuExt, ContextMenuItem, ContextMenuItemExt,
    WebView, WebViewExt,
};

use crate::words::Words;

/// What the menu keeps of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kept {
    /// The item, in these words: English, Chinese.
    Named(&'static str, &'static str),
    /// The item as it is: a word that was meant.
    AsItIs,
    /// The line between two groups.
    Line,
    /// Nothing.
    Not,
}

/// What is kept of an item with this action.
fn kept(action: Action) -> Kept {
    match action {
        Action::Cut => Kept::Named("Cut", "剪切"),
        Action::Copy => Kept::Named("Copy", "复制"),
        Action::Paste => Kept::Named("Paste", "粘贴"),
        Action::SelectAll => Kept::Named("Select All", "全选"),
        Action::CopyLinkToClipboard => Kept::Named("Copy Link", "复制链接"),
        Action::CopyImageToClipboard => Kept::Named("Copy Picture", "复制图片"),
        Action::SpellingGuess => Kept::AsItIs,
        Action::NoGuessesFound => Kept::Named("No Guesses Found", "没有拼写建议"),
        Action::IgnoreSpelling => Kept::Named("Ignore Spelling", "忽略此拼写"),
        Action::LearnSpelling => Kept::Named("Learn Spelling", "记住此拼写"),
        _ => Kept::Not,
    }
}

/// Without lines at the ends, or two in a row.
fn without_loose_lines(items: Vec<(Kept, usize)>) -> Vec<(Kept, usize)> {
    let mut tidy: Vec<(Kept, usize)> = Vec::new();
    for item in items {
        let after_line = tidy.last().is_none_or(|(kept, _)| *kept == Kept::Line);
        if item.0 != Kept::Line || !after_line {
            tidy.push(item);
        }
    }
    if tidy.last().is_some_and(|(kept, _)| *kept == Kept::Line) {
        tidy.pop();
    }
    tidy
}

/// Reduces every menu of the web view; one of which nothing is left is not shown.
pub fn reduce<R: Runtime>(view: &WebView, app: &AppHandle<R>) {
    let app = app.clone();
    view.connect_context_menu(move |_, menu, _, _| {
        rewrite(menu, Words::now(&app));
        menu.n_items() == 0
    });
}

fn rewrite(menu: &ContextMenu, words: Words) {
    let items = menu.items();
    let wanted = items.iter().enumerate().map(|(index, item)| {
        let kept = if item.is_separator() {
            Kept::Line
        } else {
            kept(item.stock_action())
        };
        (kept, index)
    });
    let wanted = wanted.filter(|(kept, _)| *kept != Kept::Not).collect();
    menu.remove_all();
    for (kept, index) in without_loose_lines(wanted) {
        let Some(item) = items.get(index) else {
            continue;
        };
        match kept {
            Kept::Named(english, chinese) => {
                menu.append(&renamed(item, words.of(english, chinese)));
            }
            Kept::Line => menu.append(&ContextMenuItem::new_separator()),
            Kept::AsItIs | Kept::Not => menu.append(item),
        }
    }
}

/// The same item in other words, as usable as it was.
fn renamed(item: &ContextMenuItem, label: &str) -> ContextMenuItem {
    let new = ContextMenuItem::from_stock_action_with_label(item.stock_action(), label);
    let usable = item.gaction().is_none_or(|action| action.is_enabled());
    if let Some(action) = new
        .gaction()
        .and_then(|action| action.downcast::<SimpleAction>().ok())
    {
        action.set_enabled(usable);
    }
    new
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leads_out_of_the_page_is_left_out() {
        for action in [
            Action::Reload,
            Action::GoBack,
            Action::GoForward,
            Action::Stop,
            Action::InspectElement,
            Action::OpenLink,
            Action::OpenLinkInNewWindow,
            Action::DownloadLinkToDisk,
            Action::OpenImageInNewWindow,
            Action::DownloadImageToDisk,
            Action::CopyImageUrlToClipboard,
            Action::OpenFrameInNewWindow,
            Action::DownloadVideoToDisk,
            Action::Custom,
        ] {
            assert_eq!(kept(action), Kept::Not, "{action:?}");
        }
        for action in [
            Action::Copy,
            Action::Cut,
            Action::Paste,
            Action::SelectAll,
            Action::CopyImageToClipboard,
        ] {
            assert!(matches!(kept(action), Kept::Named(..)), "{action:?}");
        }
    }

    #[test]
    fn lines_stand_between_groups_only() {
        let (line, item) = (Kept::Line, Kept::AsItIs);
        let tidy = |kinds: &[Kept]| {
            let items = kinds.iter().copied().zip(0..).collect();
            let left = without_loose_lines(items).into_iter();
            left.map(|(_, index)| index).collect::<Vec<usize>>()
        };
        assert_eq!(tidy(&[line, item, line, line, item, line]), [1, 2, 4]);
        assert_eq!(tidy(&[line, line]), [] as [usize; 0]);
        assert_eq!(tidy(&[item, item]), [0, 1]);
    }
}
