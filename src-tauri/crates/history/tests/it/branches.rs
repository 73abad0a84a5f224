//! Random trees, held against a model in memory; and what becomes of pictures in them.

use std::collections::BTreeMap;

use history::{NewTurn, StoredMessage, Turn};
use proptest::prelude::*;
use protocol::{ChatParams, MessageState, Role};
use stores::Part;

use crate::conversations::{ask, ask_about, asked, finish, picture};
use crate::support::{History, close, open};

/// What a person does; numbers choose among the messages that are there.
#[derive(Debug, Clone)]
enum Deed {
    Ask,
    Edit(usize),
    Regenerate(usize),
    GoOn(usize),
    Step(usize),
    Remove(usize),
    Undo,
    Forget,
    Branch(usize),
    Reopen,
}

fn deed() -> impl Strategy<Value = Deed> {
    let any = 0..1000_usize;
    prop_oneof![
        3 => Just(Deed::Ask),
        3 => any.clone().prop_map(Deed::Edit),
        3 => any.clone().prop_map(Deed::Regenerate),
        2 => any.clone().prop_map(Deed::GoOn),
        4 => any.clone().prop_map(Deed::Step),
        3 => any.clone().prop_map(Deed::Remove),
        2 => Just(Deed::Undo),
        1 => Just(Deed::Forget),
        1 => any.prop_map(Deed::Branch),
        1 => Just(Deed::Reopen),
    ]
}

#[derive(Debug, Clone)]
struct Node {
    id: String,
    parent: Option<usize>,
    text: String,
    is_answer: bool,
    removed: bool,
    forgotten: bool,
    /// The child that was shown last.
    shown: Option<usize>,
}

/// A conversation as it should be.
#[derive(Debug, Default)]
struct Model {
    nodes: Vec<Node>,
    /// The first question that is shown.
    first: Option<usize>,
    /// The one that was removed last and not brought back.
    undoable: Option<usize>,
}

impl Model {
    fn add(&mut self, id: &str, parent: Option<usize>, text: &str, is_answer: bool) -> usize {
        let at = self.nodes.len();
        self.nodes.push(Node {
            id: id.to_owned(),
            parent,
            text: text.to_owned(),
            is_answer,
            removed: false,
            forgotten: false,
            shown: None,
        });
        self.show(at);
        at
    }

    /// All that stand in one place, oldest first.
    fn versions(&self, parent: Option<usize>) -> Vec<usize> {
        let of = |at: &usize| {
            let node = &self.nodes[*at];
            node.parent == parent && !node.removed && !node.forgotten
        };
        (0..self.nodes.len()).filter(of).collect()
    }

    /// The way down from a place, as it was shown.
    fn down(&self, from: usize) -> Vec<usize> {
        let mut way = vec![from];
        while let Some(at) = way.last().copied() {
            let all = self.versions(Some(at));
            let shown = self.nodes[at].shown.filter(|shown| all.contains(shown));
            match shown.or(all.last().copied()) {
                Some(next) => way.push(next),
                None => break,
            }
        }
        way
    }

    fn branch(&self) -> Vec<usize> {
        self.first.map(|first| self.down(first)).unwrap_or_default()
    }

    fn up(&self, from: usize) -> Vec<usize> {
        let mut way = vec![from];
        while let Some(parent) = self.nodes[*way.last().unwrap()].parent {
            way.push(parent);
        }
        way.reverse();
        way
    }

    /// Shows the branch that a message is on; what was shown is found again.
    fn show(&mut self, at: usize) {
        for way in [self.branch(), self.up(at)] {
            for pair in way.windows(2) {
                self.nodes[pair[0]].shown = Some(pair[1]);
            }
        }
        self.first = self.up(at).first().copied();
    }

    fn is_there(&self, at: usize) -> bool {
        let gone = |at: &usize| self.nodes[*at].removed || self.nodes[*at].forgotten;
        !self.up(at).iter().any(gone)
    }

    /// One of the messages that are there and fit.
    fn choose(&self, number: usize, fits: impl Fn(&Node) -> bool) -> Option<usize> {
        let all: Vec<usize> = (0..self.nodes.len())
            .filter(|at| self.is_there(*at) && fits(&self.nodes[*at]))
            .collect();
        (!all.is_empty()).then(|| all[number % all.len()])
    }

    fn remove(&mut self, at: usize) {
        let parent = self.nodes[at].parent;
        let all = self.versions(parent);
        let place = all.iter().position(|one| *one == at).unwrap();
        let shown = self.branch().contains(&at);
        let next = match place {
            0 => all.get(1),
            _ => all.get(place - 1),
        }
        .copied();
        self.nodes[at].removed = true;
        self.undoable = Some(at);
        if !shown {
            return;
        }
        match next {
            Some(next) => self.show(next),
            None if parent.is_none() => self.first = None,
            None => {}
        }
    }
}

/// The conversation, and what it should be.
struct Pair {
    folder: tempfile::TempDir,
    history: History,
    conversation: String,
    model: Model,
    texts: usize,
}

impl Pair {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let history = open(&folder.path().join("dragoman.db"));
        let turn = ask(&history, None, "q0");
        finish(&history, &turn, "a0");
        let mut model = Model::default();
        let question = model.add(&turn.user.id, None, "q0", false);
        model.add(&turn.answers[0].id, Some(question), "a0", true);
        Self {
            folder,
            history,
            conversation: turn.conversation,
            model,
            texts: 0,
        }
    }

    fn text(&mut self, kind: &str) -> String {
        self.texts += 1;
        format!("{kind}{}", self.texts)
    }

    /// A turn that began ends, and stands in the model.
    fn ended(&mut self, turn: &Turn, question: Option<usize>, text: &str) {
        let answer = self.text("a");
        finish(&self.history, turn, &answer);
        let parent = question.unwrap_or_else(|| {
            let parent = turn.user.parent.as_deref();
            let parent = parent.map(|id| self.model.nodes.iter().position(|n| n.id == id).unwrap());
            self.model.add(&turn.user.id, parent, text, false)
        });
        self.model
            .add(&turn.answers[0].id, Some(parent), &answer, true);
    }

    fn does(&mut self, deed: &Deed) {
        match *deed {
            Deed::Ask => {
                let text = self.text("q");
                let before = self.model.branch().last().copied();
                let turn = ask(&self.history, Some(&self.conversation), &text);
                let parent = before.map(|at| self.model.nodes[at].id.clone());
                assert_eq!(turn.user.parent, parent);
                self.ended(&turn, None, &text);
            }
            Deed::Edit(number) => {
                let Some(at) = self.model.choose(number, |node| !node.is_answer) else {
                    return;
                };
                let text = self.text("q");
                let new = NewTurn {
                    conversation: None,
                    text: text.clone(),
                    parts: vec![],
                    answers: vec![asked()],
                    params: ChatParams::default(),
                };
                let id = self.model.nodes[at].id.clone();
                let turn = self.history.begin_beside(&id, new).unwrap();
                self.ended(&turn, None, &text);
            }
            Deed::Regenerate(number) => {
                let Some(at) = self.model.choose(number, |node| node.is_answer) else {
                    return;
                };
                let node = self.model.nodes[at].clone();
                let params = ChatParams::default();
                let turn = self
                    .history
                    .begin_retry(&node.id, asked(), &params)
                    .unwrap();
                self.ended(&turn, node.parent, "");
            }
            Deed::GoOn(number) => {
                let Some(at) = self.model.choose(number, |node| node.is_answer) else {
                    return;
                };
                let node = self.model.nodes[at].clone();
                let turn = self.history.begin_going_on(&node.id, asked()).unwrap();
                assert_eq!(turn.answers[0].text, node.text);
                let whole = format!("{} and more", node.text);
                finish(&self.history, &turn, &whole);
                self.history.went_on_from(&node.id).unwrap();
                self.model
                    .add(&turn.answers[0].id, node.parent, &whole, true);
                let followed = self.model.nodes.iter();
                let followed = followed
                    .filter(|n| n.parent == Some(at) && !n.forgotten)
                    .count();
                self.model.nodes[at].forgotten = followed == 0;
            }
            Deed::Step(number) => {
                let Some(at) = self.model.choose(number, |_| true) else {
                    return;
                };
                let shown = self.history.show(&self.model.nodes[at].id).unwrap();
                self.model.show(at);
                assert_eq!(texts(&shown), self.texts_of(&self.model.down(at)));
            }
            Deed::Remove(number) => {
                let Some(at) = self.model.choose(number, |_| true) else {
                    return;
                };
                let id = self.model.nodes[at].id.clone();
                self.history.remove_message(&id).unwrap();
                self.model.remove(at);
            }
            Deed::Undo => {
                let Some(at) = self.model.undoable.take() else {
                    return;
                };
                let id = self.model.nodes[at].id.clone();
                // What it stood under may be removed by now: that comes back by itself alone.
                let parent = self.model.nodes[at].parent;
                if parent.is_some_and(|parent| !self.model.is_there(parent)) {
                    return;
                }
                let shown = self.history.restore_message(&id).unwrap();
                self.model.nodes[at].removed = false;
                self.model.show(at);
                assert_eq!(texts(&shown), self.texts_of(&self.model.down(at)));
            }
            Deed::Forget => self.forget(),
            Deed::Branch(number) => {
                let Some(at) = self.model.choose(number, |_| true) else {
                    return;
                };
                let id = self.history.fork(&self.model.nodes[at].id).unwrap();
                let messages = self.history.conversation(&id).unwrap().messages;
                assert_eq!(texts(&messages), self.texts_of(&self.model.up(at)));
                assert!(messages.iter().all(|one| one.versions.is_empty()));
                self.history.remove(&id).unwrap();
            }
            Deed::Reopen => {
                close(self.history.clone());
                self.history = open(&self.folder.path().join("dragoman.db"));
            }
        }
    }

    fn forget(&mut self) {
        long_ago(self.folder.path());
        self.history.settle().unwrap();
        for at in 0..self.model.nodes.len() {
            if self
                .model
                .up(at)
                .iter()
                .any(|up| self.model.nodes[*up].removed)
            {
                self.model.nodes[at].forgotten = true;
            }
        }
        for node in &mut self.model.nodes {
            node.removed = node.removed && !node.forgotten;
        }
        self.model.undoable = None;
    }

    fn texts_of(&self, way: &[usize]) -> Vec<&str> {
        let text = |at: &usize| self.model.nodes[*at].text.as_str();
        way.iter().map(text).collect()
    }

    /// Is it as it should be?
    fn check(&self) {
        let messages = self
            .history
            .conversation(&self.conversation)
            .unwrap()
            .messages;
        let branch = self.model.branch();
        assert_eq!(texts(&messages), self.texts_of(&branch));
        for (message, at) in messages.iter().zip(branch) {
            let all = self.model.versions(self.model.nodes[at].parent);
            let ids = all.iter().map(|one| self.model.nodes[*one].id.as_str());
            let ids: Vec<&str> = if all.len() < 2 { vec![] } else { ids.collect() };
            assert_eq!(message.versions, ids);
        }
    }
}

/// What was removed was removed long ago.
pub fn long_ago(folder: &std::path::Path) {
    let connection = rusqlite::Connection::open(folder.join("dragoman.db")).unwrap();
    let sql = "UPDATE message SET removed_at = 1 WHERE removed_at IS NOT NULL";
    connection.execute(sql, []).unwrap();
}

fn texts(messages: &[StoredMessage]) -> Vec<&str> {
    messages.iter().map(|one| one.text.as_str()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_tree_is_as_a_model_of_it_says(deeds in proptest::collection::vec(deed(), 1..30)) {
        let mut pair = Pair::new();
        for deed in &deeds {
            pair.does(deed);
            pair.check();
        }
        pair.forget();
        pair.check();
    }
}

#[test]
fn a_changed_question_keeps_its_pictures_and_stepping_back_finds_what_followed() {
    let history = History::in_memory().unwrap();
    let pictures = vec![picture("aa11", "a.png")];
    let first = ask_about(&history, None, "q", pictures.clone());
    finish(&history, &first, "a");
    let second = ask(&history, Some(&first.conversation), "q2");
    finish(&history, &second, "a2");

    let new = NewTurn {
        conversation: None,
        text: "q'".to_owned(),
        parts: pictures.into_iter().map(Part::Picture).collect(),
        answers: vec![asked()],
        params: ChatParams::default(),
    };
    let changed = history.begin_beside(&first.user.id, new).unwrap();
    assert_eq!(changed.conversation, first.conversation);
    let both = [first.user.id.clone(), changed.user.id.clone()];
    assert_eq!(changed.user.versions, both);
    finish(&history, &changed, "a'");

    let back = history.show(&first.user.id).unwrap();
    assert_eq!(texts(&back), ["q", "a", "q2", "a2"]);
    assert_eq!(back[0].versions, both);
    assert_eq!(back[0].parts, changed.user.parts);
}

#[test]
fn an_answer_that_failed_without_a_word_is_no_version_of_the_next() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    let answer = |turn: &Turn| turn.answers[0].id.clone();
    let failed = MessageState::Failed;
    history
        .close(&answer(&turn), failed, "", "", &asked(), None)
        .unwrap();
    let again = history
        .begin_retry(&answer(&turn), asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(again.answers[0].versions, Vec::<String>::new());
    // One that said something is.
    history
        .close(&answer(&again), failed, "half", "", &asked(), None)
        .unwrap();
    let third = history
        .begin_retry(&answer(&again), asked(), &ChatParams::default())
        .unwrap();
    assert_eq!(third.answers[0].versions, [answer(&again), answer(&third)]);
}

#[test]
fn an_answer_that_is_gone_on_with_is_there_whole_whenever_its_run_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let turn = ask(&history, None, "q");
    let cut = MessageState::Cut;
    history
        .close(&turn.answers[0].id, cut, "The quick", "hm", &asked(), None)
        .unwrap();
    let on = history
        .begin_going_on(&turn.answers[0].id, asked())
        .unwrap();
    history.flush(&on.answers[0].id, " brown", "").unwrap();
    let read = |history: &History| history.conversation(&turn.conversation).unwrap().messages;
    assert_eq!(texts(&read(&history)), ["q", "The quick brown"]);
    // The app ends here.
    close(history);
    let history = open(&path);
    let messages = read(&history);
    assert_eq!(texts(&messages), ["q", "The quick brown"]);
    assert_eq!(messages[1].state, MessageState::Interrupted);
    assert_eq!(messages[1].reasoning, "hm");
    assert_eq!(messages[1].role, Role::Assistant);
    assert_eq!(
        texts(&history.path_to(&turn.answers[0].id).unwrap()),
        ["q", "The quick"]
    );
}

#[test]
fn an_answer_that_begins_anew_has_only_its_own_words() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    finish(&history, &turn, "The quick");
    let on = history
        .begin_going_on(&turn.answers[0].id, asked())
        .unwrap();
    history.begin_anew(&on.answers[0].id).unwrap();
    history.flush(&on.answers[0].id, "A fox", "").unwrap();
    let messages = history.conversation(&turn.conversation).unwrap().messages;
    assert_eq!(texts(&messages), ["q", "A fox"]);
    assert_eq!(messages[1].versions.len(), 2);
}

#[test]
fn what_is_removed_is_forgotten_with_its_pictures_and_what_is_left_shows_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("dragoman.db");
    let history = open(&path);
    let first = ask_about(&history, None, "q", vec![picture("aa11", "a.png")]);
    finish(&history, &first, "a");
    let id = first.conversation.as_str();
    let second = ask_about(&history, Some(id), "q2", vec![picture("bb22", "b.png")]);
    finish(&history, &second, "a2");

    // Copied, its pictures are held there, too.
    let copy = history.fork(&first.answers[0].id).unwrap();
    assert_eq!(history.remove_message(&first.user.id).unwrap(), []);
    assert_eq!(history.conversation(id).unwrap().messages, []);
    let back = history.restore_message(&first.user.id).unwrap();
    assert_eq!(texts(&back), ["q", "a", "q2", "a2"]);

    history.remove_message(&first.user.id).unwrap();
    long_ago(folder.path());
    history.settle().unwrap();
    assert!(history.restore_message(&first.user.id).is_err());
    assert!(history.message(&second.user.id).is_err());
    assert!(history.picture("bb22").unwrap().is_none());
    assert!(history.picture("aa11").unwrap().is_some());
    let list = history.conversations().unwrap();
    let row = |id: &str| list.iter().find(|row| row.id == id).unwrap();
    assert_eq!(
        (row(id).thumbnail.as_deref(), row(id).title.as_str()),
        (None, "")
    );
    assert_eq!(row(&copy).thumbnail.as_deref(), Some("aa11"));
    assert_eq!(row(&copy).title, "q");

    // The next question names it.
    ask(&history, Some(id), "q3");
    assert_eq!(history.conversation(id).unwrap().title, "q3");
}

#[test]
fn ids_that_are_not_there_are_said() {
    let history = History::in_memory().unwrap();
    let turn = ask(&history, None, "q");
    let mut said = BTreeMap::new();
    said.insert("show", history.show("nowhere").map(drop));
    said.insert("remove", history.remove_message("nowhere").map(drop));
    said.insert("restore", history.restore_message("nowhere").map(drop));
    said.insert("fork", history.fork("nowhere").map(drop));
    said.insert(
        "go on",
        history.begin_going_on("nowhere", asked()).map(drop),
    );
    // A question is nothing to go on from.
    said.insert(
        "go on from a question",
        history.begin_going_on(&turn.user.id, asked()).map(drop),
    );
    for (what, result) in said {
        assert!(
            matches!(result, Err(history::Error::NotFound { .. })),
            "{what}"
        );
    }
}
