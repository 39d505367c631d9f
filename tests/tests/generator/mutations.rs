//! For every schema the generator ends with errors or with Rust that compiles, never with a panic.

mod tree;

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use alipayplus_codegen::diagnostic::{self, Diagnostic};
use alipayplus_codegen::ir::ServiceModel;
use alipayplus_codegen::lower;
use alipayplus_codegen::node::{self, Node};
use alipayplus_codegen::source::Source;
use alipayplus_tests::{generate_code, schemas, synthetic};
use fastrand::Rng;

use crate::compile;
use tree::{Tree, mutate};

/// Returns the project's schemas with one to three mutations; the text of some is broken too.
fn mutated(seed: u64, trees: &[(String, Tree)], words: &[String]) -> Vec<Source> {
    let mut rng = Rng::with_seed(seed);
    let mut trees = trees.to_vec();
    for _ in 0..rng.usize(1..=3) {
        let n = rng.usize(..trees.len());
        mutate(&mut trees[n].1, words, &mut rng);
    }
    let source = |(path, tree): &(String, Tree)| {
        let mut text = String::new();
        tree.print(&mut text);
        Source { path: path.clone(), text }
    };
    let mut sources: Vec<_> = trees.iter().map(source).collect();
    if rng.u8(..20) == 0 {
        let text = &mut sources[rng.usize(..trees.len())].text;
        let places: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let at = places[rng.usize(..places.len())];
        match rng.u8(..4) {
            0 => text.truncate(at),
            1 => drop(text.remove(at)),
            2 => text.insert(at, *rng.choice(&['"', '\\', '{', ']', ',', '/', '\u{feff}', '付', '\n', '\0']).unwrap()),
            _ => text.insert_str(at, &"[".repeat(2000)),
        }
    }
    sources
}

/// Returns the schemas as trees, and all words in them.
fn trees() -> (Vec<(String, Tree)>, Vec<String>) {
    let parse = |source: &Source| (source.path.clone(), Tree::of(&node::parse(source, 0).unwrap()));
    let trees: Vec<_> = schemas().iter().map(parse).collect();
    let mut words = Vec::new();
    for (_, tree) in &trees {
        tree.names(&mut words);
    }
    (trees, words)
}

/// Returns the intermediate form of schemas that the generator accepts; panics where its diagnostics are wrong.
fn taken(sources: &[Source]) -> Option<ServiceModel> {
    let (family, all) = lower::check(sources);
    for diagnostic in &all {
        let places = diagnostic.also.iter().map(|(place, _)| place).chain([&diagnostic.span]);
        for place in places {
            assert!(sources[place.file].text.get(place.range.clone()).is_some(), "no such place: {diagnostic:#?}");
        }
    }
    assert_eq!(family.is_none(), all.iter().any(Diagnostic::is_error));
    assert!(all.is_empty() || !diagnostic::render(sources, &all, false).is_empty());
    assert_eq!(diagnostic::json(sources, &all).as_array().map(Vec::len), Some(all.len()));
    if let Some(family) = &family {
        nothing_is_lost(sources, family);
    }
    family
}

/// Checks that the intermediate form contains everything that the schemas do.
fn nothing_is_lost(sources: &[Source], family: &ServiceModel) {
    for (source, file) in sources.iter().zip(&family.files) {
        let root = node::parse(source, file.index).unwrap();
        let definitions = root.get("$defs").map_or(&[][..], Node::members);
        assert_eq!(definitions.len(), file.scalars.len() + file.lists.len() + file.objects.len(), "{}", source.path);
        assert_eq!(root.get("x-operation").is_some(), file.operation.is_some(), "{}", source.path);
        assert_eq!(root.get("x-service").is_some(), file.service.is_some(), "{}", source.path);
        for (name, node) in definitions {
            let object = file.objects.iter().find(|it| it.name == name.text);
            let count = |keyword| node.get(keyword).map_or(&[][..], Node::elements).len();
            if let Some(object) = object.filter(|it| it.coded.is_none()) {
                assert_eq!(object.members.len(), node.get("properties").unwrap().members().len(), "{}", name.text);
                assert_eq!(
                    object.rules.len(),
                    count("allOf") + count("x-differs") + count("x-compares"),
                    "{}",
                    name.text
                );
            } else if let Some(coded) = object.and_then(|it| it.coded.as_ref()) {
                assert_eq!(coded.rows.len(), count("x-codes"), "{}", name.text);
            }
        }
        if let Some(operation) = &file.operation {
            let response = root.get("$defs").unwrap().get(&operation.response).unwrap();
            assert_eq!(operation.outcomes.len(), response.get("x-outcomes").unwrap().elements().len());
        }
    }
}

/// Maps each number on all cores; the results are in the order of the numbers.
fn each<T: Send>(numbers: &[u64], work: impl Fn(u64) -> T + Sync) -> Vec<T> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let mut all: Vec<(usize, T)> = thread::scope(|scope| {
        let run = || {
            let mut own = Vec::new();
            while let Some((n, number)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|n| Some((n, numbers.get(n)?)))
            {
                let done = catch_unwind(AssertUnwindSafe(|| work(*number)));
                own.push((n, done.unwrap_or_else(|_| panic!("seed {number}"))));
            }
            own
        };
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(run)).collect();
        threads.into_iter().flat_map(|it| it.join().unwrap()).collect()
    });
    all.sort_by_key(|(n, _)| *n);
    all.into_iter().map(|(_, result)| result).collect()
}

const COUNT: u64 = 3_000;

/// The number of accepted schemas that are compiled.
const SAMPLE: usize = 25;

#[test]
fn mutated_schemas_give_faults_or_code_that_compiles() {
    let (trees, words) = trees();
    let seeds: Vec<u64> = (0..COUNT).collect();
    // Equal intermediate forms generate equal code, so each is generated once.
    let forms = each(&seeds, |seed| taken(&mutated(seed, &trees, &words)).map(|family| format!("{family:?}")));
    let mut distinct: HashMap<String, u64> = HashMap::new();
    let count = forms.iter().flatten().count() as u64;
    for (form, seed) in forms.into_iter().zip(seeds) {
        if let Some(form) = form {
            distinct.entry(form).or_insert(seed);
        }
    }
    // Some are accepted and some are not.
    assert!((COUNT / 20..COUNT / 2).contains(&count), "{count} of {COUNT} schemas were taken");

    let mut seeds: Vec<u64> = distinct.into_values().collect();
    seeds.sort_unstable();
    let files = each(&seeds, |seed| generate_code(&mutated(seed, &trees, &words)));
    assert!(files.len() > SAMPLE, "{} of the schemas are distinct", files.len());
    let sample = seeds.iter().zip(&files).step_by(files.len() / SAMPLE).take(SAMPLE);
    let mut sample: Vec<_> = sample.map(|(seed, files)| (format!("seed_{seed}"), files)).collect();
    // A family of the benchmark is compiled too: its own crate would take as long as all of these.
    let synthetic = generate_code(&synthetic::family(3));
    sample.push(("synthetic".into(), &synthetic));
    compile::check("mutations", &sample);
}
