//! Families of schemas with what is generated from them, and the validators of their messages.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

use alipayplus_codegen::names;
use alipayplus_codegen::source::Source;
use alipayplus_tests::{fixture, fixtures, generate, nonsense, schemas};
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};

/// Where the schema files of a family lie to a validator.
const FOLDER: &str = "https://family.example/";

/// Schemas, and the documents made from them. Where several sides answer operations, it is those of one side.
pub(crate) struct Family {
    pub(crate) name: String,
    /// The schema files by their names.
    pub(crate) files: BTreeMap<String, Value>,
    /// The bundled schemas by their files' names.
    pub(crate) bundles: BTreeMap<String, Value>,
    pub(crate) openapi: Value,
    /// The messages that are test data, by their files' names.
    samples: BTreeMap<String, Value>,
}

/// A message of a family: where the schemas define it, and what was made of that.
pub(crate) struct Message {
    /// Such as `ask.json#/$defs/AskRequest`.
    pub(crate) definition: String,
    pub(crate) bundle: String,
    /// Such as `#/components/schemas/AskRequest`.
    pub(crate) component: String,
}

impl Message {
    /// `request` or `response`, if it is one of an operation.
    fn role(&self) -> Option<&'static str> {
        ["request", "response"].into_iter().find(|it| self.bundle.ends_with(&format!(".{it}.json")))
    }
}

/// Every fixture, the project's own schemas and the meaningless ones.
pub(crate) fn all() -> &'static [Family] {
    static ALL: LazyLock<Vec<Family>> = LazyLock::new(|| {
        let fixtures = fixtures().into_iter().flat_map(|name| Family::by_side(&name, &fixture(&name)));
        let own = [("real", schemas()), ("nonsense", nonsense::schemas())];
        fixtures.chain(own.iter().flat_map(|(name, sources)| Family::by_side(name, sources))).collect()
    });
    &ALL
}

impl Family {
    pub(crate) fn of(name: &str, sources: &[Source]) -> Self {
        let mut all = Self::by_side(name, sources);
        assert_eq!(all.len(), 1, "{name}");
        all.remove(0)
    }

    fn by_side(name: &str, sources: &[Source]) -> Vec<Self> {
        let json = |text: &str| serde_json::from_str(text).unwrap();
        let generated = generate(sources);
        let folder = |folder: &'static str| {
            let files = generated.keys().map(AsRef::as_ref).filter(move |path: &&Path| path.starts_with(folder));
            let named = |path: &Path| (path.file_name().unwrap().to_str().unwrap().to_owned(), json(&generated[path]));
            files.map(named).collect()
        };
        let folder = &folder;
        let documents = generated.iter().filter(|(path, _)| path.parent() == Some(Path::new("docs")));
        let of = |(_, text): (_, &String)| Self {
            name: name.to_owned(),
            files: sources.iter().map(|source| (source.name().to_owned(), json(&source.text))).collect(),
            bundles: folder("docs/schemas"),
            samples: folder("docs/messages"),
            openapi: json(text),
        };
        documents.map(of).collect()
    }

    /// Returns whether the `OpenAPI` document is that of the side that answers an operation.
    fn has(&self, operation: &Value) -> bool {
        self.openapi["tags"].as_array().unwrap().iter().any(|tag| tag["name"] == operation["server"])
    }

    /// Every message, by the schema files' own words.
    pub(crate) fn messages(&self) -> Vec<Message> {
        let mut all = Vec::new();
        for (file, schema) in &self.files {
            let defined = |reference: &Value| {
                let pointer = reference["$ref"].as_str().unwrap();
                (format!("{file}{pointer}"), pointer.rsplit('/').next().unwrap().to_owned())
            };
            let stem = file.strip_suffix(".json").unwrap();
            if let Some(operation) = schema.get("x-operation").filter(|it| self.has(it)) {
                let name = operation["name"].as_str().unwrap();
                let item = &self.openapi["paths"][operation["path"].as_str().unwrap()];
                let item = &item[operation["method"].as_str().unwrap().to_lowercase()];
                assert_eq!(item["operationId"], name);
                for (role, content) in [("request", &item["requestBody"]), ("response", &item["responses"]["200"])] {
                    let component = content["content"]["application/json"]["schema"]["$ref"].as_str().unwrap();
                    let (definition, _) = defined(&operation[role]);
                    let bundle = format!("{stem}.{role}.json");
                    all.push(Message { definition, bundle, component: component.to_owned() });
                }
            }
            if let Some(service) = schema.get("x-service") {
                let (definition, name) = defined(service);
                let bundle = format!("{}.{name}.json", names::snake(stem));
                // A definition that is called like a message of an operation has its file's name too.
                let names = [format!("#/components/schemas/{name}"), format!("#/components/schemas/{stem}_{name}")];
                let component = names.into_iter().find(|it| self.openapi.pointer(&it[1..]).is_some()).unwrap();
                all.push(Message { definition, bundle, component });
            }
        }
        all
    }

    /// Valid messages with what each means, where the documents have some.
    pub(crate) fn data(&self, message: &Message) -> Vec<Value> {
        let (file, _) = message.definition.split_once('#').unwrap();
        let Some(role) = message.role() else { return Vec::new() };
        self.samples[file][role]["valid"].as_array().unwrap().clone()
    }

    /// Valid messages, where the documents have some.
    pub(crate) fn samples(&self, message: &Message) -> Vec<Value> {
        self.data(message).into_iter().map(|mut case| case["message"].take()).collect()
    }

    /// What the `OpenAPI` document says of a message, if it is one of an operation.
    pub(crate) fn content(&self, message: &Message) -> Option<Value> {
        let operations =
            self.openapi["paths"].as_object()?.values().flat_map(|item| item.as_object().unwrap().values());
        let bodies = operations.flat_map(|it| [&it["requestBody"], &it["responses"]["200"]]);
        let mut contents = bodies.map(|body| &body["content"]["application/json"]);
        contents.find(|content| content["schema"]["$ref"] == *message.component).cloned()
    }

    /// What the schema files say of a message.
    pub(crate) fn by_source(&self, message: &Message) -> Validator {
        // Fixtures share a file that lies elsewhere: here all of a family lie in one folder.
        let placed = |(name, file): (&String, &Value)| {
            let mut file = file.clone();
            file["$id"] = format!("{FOLDER}{name}").into();
            file
        };
        let files: Vec<_> = self.files.iter().map(placed).collect();
        let ids = files.iter().map(|file| (file["$id"].as_str().unwrap(), file));
        by_reference(ids, &format!("{FOLDER}{}", message.definition))
    }

    /// Returns the validator of the bundled schema, which needs no other file.
    pub(crate) fn by_bundle(&self, message: &Message) -> Validator {
        self_contained(&self.bundles[&message.bundle])
    }

    /// What the `OpenAPI` document says of a message.
    pub(crate) fn by_component(&self, message: &Message) -> Validator {
        by_reference([("urn:openapi", &self.openapi)], &format!("urn:openapi{}", message.component))
    }
}

/// Returns the validator of a self-contained schema.
pub(crate) fn self_contained(schema: &Value) -> Validator {
    options().offline().build(schema).unwrap()
}

fn by_reference<'a>(files: impl IntoIterator<Item = (&'a str, &'a Value)>, reference: &str) -> Validator {
    let registry = files.into_iter().fold(Registry::new(), |registry, (id, file)| registry.add(id, file).unwrap());
    let registry = registry.prepare().unwrap();
    options().with_registry(&registry).offline().build(&json!({ "$ref": reference })).unwrap()
}

fn options<'a>() -> jsonschema::ValidationOptions<'a> {
    jsonschema::options().with_draft(Draft::Draft202012).should_validate_formats(true)
}
