//! Random trees, held against a model in memory.

use history::{NewTurn, Turn};
use proptest::prelude::*;
use protocol::ChatParams;

use crate::branches::{long_ago, texts};
use crate::conversations::{ask, asked, finish};
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
