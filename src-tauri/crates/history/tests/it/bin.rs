//! Conversations that are pinned, archived, removed into the bin and brought back.

use history::Error;
use protocol::{ConversationPlace, ListOf, Millis, PutAway};

use crate::conversations::{ask, finish};
use crate::old_home::{self, ANSWER, CONVERSATION, NAME, OTHER, QUESTION, holding};
use crate::support::{History, open};

fn remove(history: &History, id: &str) -> Result<Vec<String>, Error> {
    let ids = [id.to_owned()];
    history.0.write(move |w| w.remove(&ids)).wait()
}

fn restore(history: &History, id: &str) -> Result<Vec<String>, Error> {
    let ids = [id.to_owned()];
    history.0.write(move |w| w.restore(&ids)).wait()
}

fn archive(history: &History, id: &str, archived: bool) {
    let ids = [id.to_owned()];
    let changed = history.0.write(move |w| w.archive(&ids, archived)).wait();
    assert_eq!(changed.unwrap(), [id]);
}

fn pin(history: &History, id: &str, pinned: bool) {
    let id = id.to_owned();
    history
        .0
        .write(move |w| w.pin(&[id], pinned))
        .wait()
        .unwrap();
}

/// Ids of one of the lists, read in pages of this size.
fn list(history: &History, of: ListOf, page: usize) -> Vec<String> {
    let mut seen = Vec::new();
    let mut after: Option<ConversationPlace> = None;
    loop {
        let from = after.clone();
        let read = history
            .0
            .read(move |r| r.conversations_of(of, from.as_ref(), page));
        let (rows, more) = read.wait().unwrap();
        assert!(rows.len() <= page);
        seen.extend(rows.iter().map(|row| row.id.clone()));
        after = rows.last().map(|row| ConversationPlace {
            pinned: row.pinned,
            updated_at: row.updated_at,
            id: row.id.clone(),
        });
        if !more {
            return seen;
        }
    }
}

fn counts(history: &History) -> (u32, u32) {
    let PutAway { archived, bin } = history.0.read(|r| r.put_away()).wait().unwrap();
    (archived, bin)
}

fn is_open(history: &History) -> Option<String> {
    history.0.read(|r| r.open_conversation()).wait().unwrap()
}

fn is_found(history: &History, query: &str) -> bool {
    !history.search(query, None).groups.is_empty()
}

/// Sets when what is in the bin was removed, by the distance from now in days.
fn removed(folder: &std::path::Path, days: i64) {
    let connection = rusqlite::Connection::open(folder.join("dragoman.db")).unwrap();
    let sql = "UPDATE conversation SET removed_at = removed_at + ? WHERE removed_at IS NOT NULL";
    connection.execute(sql, [days * 86_400_000]).unwrap();
}

#[test]
fn a_removed_conversation_is_out_of_sight_and_comes_back_whole() {
    let folder = tempfile::tempdir().unwrap();
    let history = open(&folder.path().join("dragoman.db"));
    let turn = ask(&history, None, "Where is the heron?");
    finish(&history, &turn, "By the lake.");
    let id = turn.conversation.as_str();
    let opened = id.to_owned();
    let work = move |w: &history::Writer<'_>| {
        w.set_open(Some(&opened))?;
        w.keep_draft(Some(&opened), "half a question")
    };
    history.0.write(work).wait().unwrap();
    history.settle().unwrap();
    assert!(is_found(&history, "heron") && is_found(&history, "lake"));
    let before = history.conversation(id).unwrap();

    assert_eq!(remove(&history, id).unwrap(), [id]);
    assert_eq!(list(&history, ListOf::Listed, 9), Vec::<String>::new());
    assert_eq!(list(&history, ListOf::Bin, 9), [id]);
    assert_eq!(counts(&history), (0, 1));
    assert_eq!(is_open(&history), None);
    for query in ["heron", "lake", "in:title heron"] {
        assert!(!is_found(&history, query), "{query}");
    }
    let gone = |result: Result<(), Error>| {
        assert!(matches!(result, Err(Error::NotFound { .. })), "{result:?}");
    };
    gone(history.conversation(id).map(drop));
    gone(history.show_message(&turn.user.id).map(drop));
    gone(remove(&history, id).map(drop));
    let opened = id.to_owned();
    gone(
        history
            .0
            .write(move |w| w.set_open(Some(&opened)))
            .wait()
            .map(drop),
    );
    // Nothing goes on in it either, and nothing is kept of what would.
    let next = history::NewTurn {
        conversation: Some(id.to_owned()),
        text: "And now?".into(),
        parts: vec![],
        answers: vec![crate::conversations::asked()],
        params: protocol::ChatParams::default(),
    };
    gone(history.begin_turn(next).map(drop));
    let answer = crate::conversations::asked();
    let params = protocol::ChatParams::default();
    gone(
        history
            .begin_retry(&turn.answers[0].id, answer, &params)
            .map(drop),
    );
    history.settle().unwrap();

    restore(&history, id).unwrap();
    assert_eq!(history.conversation(id).unwrap(), before);
    assert_eq!(before.draft, "half a question");
    assert_eq!(list(&history, ListOf::Listed, 9), [id]);
    assert_eq!(counts(&history), (0, 0));
    assert!(is_found(&history, "heron") && is_found(&history, "lake"));
}

#[test]
fn thirty_days_later_it_is_in_no_file_any_more() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    old_home::write(&path, 6);
    std::fs::copy(&path, folder.path().join("dragoman.db.v2.bak")).unwrap();
    let history = open(&path);
    remove(&history, CONVERSATION).unwrap();
    removed(folder.path(), -29);
    history.settle().unwrap();
    assert!(!holding(folder.path(), QUESTION.as_bytes()).is_empty());
    // A clock that was ahead removed it: its days begin when that is seen.
    removed(folder.path(), 400);
    history.settle().unwrap();
    let (bin, _) = history
        .0
        .read(|r| r.conversations_of(ListOf::Bin, None, 9))
        .wait()
        .unwrap();
    let now = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap();
    assert!(bin[0].updated_at <= Millis::try_from(now.as_millis()).unwrap());

    removed(folder.path(), -31);
    history.settle().unwrap();
    assert_eq!(counts(&history), (0, 0));
    for canary in [QUESTION, ANSWER, NAME, CONVERSATION, "canary-picture-0003"] {
        assert_eq!(
            holding(folder.path(), canary.as_bytes()),
            Vec::<String>::new(),
            "{canary}"
        );
    }
    assert_eq!(list(&history, ListOf::Listed, 9), [OTHER]);
}

#[test]
fn only_what_is_in_the_bin_is_removed_for_good() {
    let history = History::in_memory().unwrap();
    let id = ask(&history, None, "Stays").conversation;
    let erase = || {
        let id = id.clone();
        history.0.write(move |w| w.erase(&id)).wait()
    };
    assert!(matches!(erase(), Err(Error::NotFound { .. })));
    remove(&history, &id).unwrap();
    restore(&history, &id).unwrap();
    assert!(matches!(erase(), Err(Error::NotFound { .. })));
    assert_eq!(list(&history, ListOf::Listed, 9), std::slice::from_ref(&id));
    remove(&history, &id).unwrap();
    erase().unwrap();
    assert!(matches!(
        restore(&history, &id),
        Err(Error::NotFound { .. })
    ));
}

#[test]
fn several_go_at_once_and_those_that_are_gone_are_left_out() {
    let history = History::in_memory().unwrap();
    let ids: Vec<String> = (0..3)
        .map(|n| ask(&history, None, &n.to_string()).conversation)
        .collect();
    history.remove(&ids[1]).unwrap();
    let all = ids.clone();
    let gone = history.0.write(move |w| w.remove(&all)).wait().unwrap();
    assert_eq!(gone, [ids[0].clone(), ids[2].clone()]);
    assert_eq!(list(&history, ListOf::Listed, 9), Vec::<String>::new());
    assert_eq!(counts(&history), (0, 2));
}

#[test]
fn pinned_ones_stand_first_and_each_page_holds_each_once() {
    let history = History::in_memory().unwrap();
    let ids: Vec<String> = (0..7)
        .map(|n| ask(&history, None, &n.to_string()).conversation)
        .collect();
    for at in [1, 4, 2] {
        pin(&history, &ids[at], true);
    }
    pin(&history, &ids[2], false);
    let wanted: Vec<String> = [4, 1, 6, 5, 3, 2, 0]
        .iter()
        .map(|at| ids[*at].clone())
        .collect();
    for page in 1..9 {
        assert_eq!(list(&history, ListOf::Listed, page), wanted, "{page}");
    }
    // The newest is the one in which a message came last.
    let newest = || history.0.read(|r| r.newest()).wait().unwrap().unwrap();
    assert_eq!(newest(), ids[6]);
    remove(&history, &ids[6]).unwrap();
    assert_eq!(newest(), ids[5]);
    // It comes back to where it was.
    remove(&history, &ids[4]).unwrap();
    restore(&history, &ids[4]).unwrap();
    assert_eq!(list(&history, ListOf::Listed, 2)[..2], wanted[..2]);
}

#[test]
fn an_archived_one_is_out_of_the_list_found_by_search_and_back_when_it_goes_on() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "Where is the heron?");
    finish(&history, &turn, "By the lake.");
    let other = ask(&history, None, "Another").conversation;
    let id = turn.conversation.as_str();
    pin(&history, id, true);
    archive(&history, id, true);
    history.settle().unwrap();
    assert_eq!(
        list(&history, ListOf::Listed, 9),
        std::slice::from_ref(&other)
    );
    assert_eq!(list(&history, ListOf::Archived, 9), [id]);
    assert_eq!(counts(&history), (1, 0));
    assert!(is_found(&history, "heron"));
    assert_eq!(history.conversation(id).unwrap().messages.len(), 2);
    // In the bin it is in no other list, and from there it comes back to the archive.
    remove(&history, id).unwrap();
    assert_eq!(counts(&history), (0, 1));
    restore(&history, id).unwrap();
    assert_eq!(counts(&history), (1, 0));
    archive(&history, id, false);
    archive(&history, id, true);
    ask(&history, Some(id), "And the nest?");
    assert_eq!(list(&history, ListOf::Listed, 9), [id, other.as_str()]);
    assert_eq!(counts(&history), (0, 0));
}
