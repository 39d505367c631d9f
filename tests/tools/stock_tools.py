"""Holds the documents in docs/ against tools that know nothing of this project.

- Linters take each OpenAPI document.
- Validators judge every message of docs/messages by the bundled schemas, and each is right about all of them.
- Generators make types from the OpenAPI document, which take every valid message and refuse those that lack a member
  that is always there: nine in ten at least.

Everything is found in docs/: the operations, their messages and their schemas. Prints a table of the tools; `--report`
writes a page with it.
"""

import argparse
import copy
import importlib.util
import json
import os
import re
import subprocess
import sys
import tempfile
import warnings
from importlib.metadata import version
from pathlib import Path

import jsonschema
import jsonschema_rs
import pydantic
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

ROOT = Path(__file__).resolve().parents[2]
TOOLS = ROOT / "tests/tools"
DOCS = ROOT / "docs"
JSON = "application/json"


def read(path):
    return json.loads(Path(path).read_text(encoding="utf-8"))


def run(command, **options):
    """What a program prints. If it fails, so does this, with all that it said."""
    command = [str(part) for part in command]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, **options)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def documents():
    """The OpenAPI documents by their files' names."""
    return {path.name: read(path) for path in sorted(DOCS.glob("openapi*.json"))}


def operations(documents):
    """Each operation: its document and what the document says."""
    for name, document in documents.items():
        for item in document["paths"].values():
            yield from ((name, operation) for operation in item.values())


def messages():
    """The test data of each operation, with the name of its file."""
    for path in sorted((DOCS / "messages").glob("*.json")):
        yield path.stem, read(path)


def cases(documents):
    """Every message of the test data, with what a schema has to say of it."""
    data = {(it["server"], it["operation"]): (stem, it) for stem, it in messages()}
    all_cases = []
    for document, operation in operations(documents):
        stem, samples = data[operation["tags"][0], operation["operationId"]]
        for role, content in [("request", operation["requestBody"]), ("response", operation["responses"]["200"])]:
            component = content["content"][JSON]["schema"]["$ref"].rsplit("/", 1)[1]
            of = {"document": document, "operation": stem, "role": role, "component": component}
            of["bundle"] = f"{stem}.{role}.json"
            for kind in ["valid", "invalid"]:
                for case in samples[role][kind]:
                    # Some rules are beyond JSON Schema: it takes these messages.
                    valid = kind == "valid" or case.get("schema") == "valid"
                    named = {"name": f"{stem} {role}, {case['name']}", "message": case["message"], "valid": valid}
                    missing = case["name"].endswith(": missing")
                    all_cases.append(of | named | {"missing": missing, "in_schema": case.get("schema") != "valid"})
    return all_cases


class Table:
    """The tools with what they said, and what is wrong."""

    def __init__(self, all_cases):
        self.cases, self.rows = all_cases, []

    def add(self, tool, made, takes, refuses):
        self.rows.append((tool, made, takes, refuses))

    def judged(self, tool, made, verdicts, is_right):
        """Counts verdicts, one for each case; `None` is none. Fails at the first that is not right."""
        counted = [(case, verdict) for case, verdict in zip(self.cases, verdicts, strict=True) if verdict is not None]
        for case, verdict in counted:
            if not is_right(case, verdict):
                sys.exit(f"{tool} {'takes' if verdict else 'refuses'} {case['name']}: {case['message']}")
        sound = [verdict for case, verdict in counted if case["valid"] and case["in_schema"]]
        broken = [not verdict for case, verdict in counted if not case["valid"]]
        # A tool that takes everything shows nothing. Some mix up members that differ only in their case.
        missing = [not verdict for case, verdict in counted if case["missing"]]
        if not sound or sum(missing) < 0.9 * len(missing) or not any(broken):
            sys.exit(f"{tool} refuses {sum(missing)} of {len(missing)} messages that lack a member, {sum(broken)} in all")
        self.add(tool, made, f"{sum(sound)} of {len(sound)}", f"{sum(broken)} of {len(broken)}")

    def print(self):
        head = [("tool", "what it does here", "valid messages taken", "broken messages refused"), ("---",) * 4]
        return "\n".join("| " + " | ".join(row) + " |" for row in head + self.rows)


def agrees(case, verdict):
    """A validator is right about every message."""
    return verdict == case["valid"]


def is_usable(case, verdict):
    """Types take what is valid; not all tools make something of patterns, and few of conditions."""
    return verdict or not case["valid"]


def errors_of(document):
    """What openapi-spec-validator says against a document."""
    try:
        return [f"{'/'.join(map(str, it.path))}: {it.message}" for it in OpenAPIV31SpecValidator(document).iter_errors()]
    except Unresolvable as error:
        return [f"{error.ref} leads nowhere"]


def lint(table, all_documents, modules, folder):
    """Three linters have no error; each has one about a document without a version."""
    (folder / "redocly.yaml").write_text(
        # A mistake in an example is an error. By default, it takes every member that a schema does not name for one.
        "extends: [recommended]\nrules:\n"
        "  no-invalid-media-type-examples: { severity: error, allowAdditionalProperties: true }\n",
        encoding="utf-8",
    )
    (folder / "spectral.yaml").write_text('extends: ["spectral:oas"]\n', encoding="utf-8")
    linters = {
        "Redocly CLI": ("@redocly/cli", "redocly", ["lint", "--format=json", "--config", folder / "redocly.yaml"]),
        "Spectral": ("@stoplight/spectral-cli", "spectral", ["lint", "-q", "-F", "error", "-r", folder / "spectral.yaml"]),
    }
    environment = os.environ | {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}
    for name, document in all_documents.items():
        if errors := errors_of(document):
            sys.exit(f"openapi-spec-validator refuses docs/{name}:\n" + "\n".join(errors))
        broken = copy.deepcopy(document)
        del broken["info"]["version"]
        assert errors_of(broken), "openapi-spec-validator takes a document without a version"
        (folder / "broken.json").write_text(json.dumps(broken), encoding="utf-8")
        for _, program, arguments in linters.values():
            command = [modules / "node_modules/.bin" / program, *arguments]
            run([*command, DOCS / name], env=environment, cwd=folder)
            done = subprocess.run([*command, folder / "broken.json"], env=environment, cwd=folder, capture_output=True)
            assert done.returncode, f"{program} takes a document without a version"
    table.add(f"openapi-spec-validator {version('openapi-spec-validator')}", "takes the OpenAPI document", "–", "–")
    for name, (package, _, _) in linters.items():
        table.add(f"{name} {npm_version(modules, package)}", "lints the OpenAPI document: no error", "–", "–")


def npm_version(modules, package):
    return read(modules / "node_modules" / package / "package.json")["version"]


def validate(table, bundles):
    """Python's own validators."""
    checker = jsonschema.FormatChecker()
    python, rust = {}, {}
    for name, schema in bundles.items():
        jsonschema.Draft202012Validator.check_schema(schema)
        python[name] = jsonschema.Draft202012Validator(schema, format_checker=checker)
        rust[name] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True)
    for package, made in [("jsonschema", python), ("jsonschema-rs", rust)]:
        verdicts = [made[case["bundle"]].is_valid(case["message"]) for case in table.cases]
        where = "validates, in Python" if package == "jsonschema" else "validates, in Rust"
        table.judged(f"{package} {version(package)}", where, verdicts, agrees)


def judge_by_node(table, all_documents, bundles, modules, folder):
    """Ajv, and zod schemas that orval makes."""
    zod = {}
    for name in all_documents:
        # An offset is not allowed by default, though `date-time` has one.
        settings = {
            "input": str(DOCS / name),
            "output": {"client": "zod", "target": str(folder / f"{name}.ts"), "mode": "single"},
        }
        settings["output"]["override"] = {"zod": {"dateTimeOptions": {"offset": True}}}
        config = folder / f"{name}.config.cjs"
        config.write_text(f"module.exports = {{ made: {json.dumps(settings)} }};", encoding="utf-8")
        run([modules / "node_modules/.bin/orval", "--config", config], cwd=folder)
        # It holds nothing that is not JavaScript.
        zod[name] = str(folder / f"{name}.mjs")
        (folder / f"{name}.ts").rename(zod[name])
    (folder / "node_modules").symlink_to(modules / "node_modules")
    file = folder / "cases.json"
    file.write_text(json.dumps({"cases": table.cases, "schemas": bundles, "zod": zod}), encoding="utf-8")
    verdicts = json.loads(run(["node", TOOLS / "judge.mjs", file, modules]))
    ajv = f"Ajv {npm_version(modules, 'ajv')}, strict"
    table.judged(ajv, "validates, in JavaScript", verdicts["ajv"], agrees)
    orval = f"orval {npm_version(modules, 'orval')}, zod {npm_version(modules, 'zod')}"
    table.judged(orval, "makes zod schemas", verdicts["orval"], is_usable)
    return file


def imported(path, name):
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def judge_by_classes(table, modules_of):
    """Verdicts by pydantic classes in a module for each document; a class is found by its component's name."""

    def plain(name):
        return re.sub(r"[^A-Za-z0-9]", "", name).lower()

    classes = {
        document: {plain(name): it for name, it in vars(module).items() if isinstance(it, type)}
        for document, module in modules_of.items()
    }

    def verdict(case):
        model = classes[case["document"]].get(plain(case["component"]))
        # A message without members has none.
        if model is None:
            return None
        try:
            model.model_validate_json(json.dumps(case["message"]))
            return True
        except pydantic.ValidationError:
            return False

    return [verdict(case) for case in table.cases]


def datamodel(table, all_documents, folder):
    made = {}
    for n, name in enumerate(all_documents):
        path = folder / f"datamodel_{n}.py"
        command = [sys.executable, "-I", "-m", "datamodel_code_generator", "--input", DOCS / name]
        command += ["--input-file-type", "openapi", "--strict-refs", "--formatters", "builtin"]
        command += ["--output-model-type", "pydantic_v2.BaseModel", "--output", path]
        run(command)
        made[name] = imported(path, path.stem)
    tool = f"datamodel-code-generator {version('datamodel-code-generator')}"
    table.judged(tool, "makes Python classes", judge_by_classes(table, made), is_usable)


def openapi_generator(language, document, output, **properties):
    command = [Path(sys.executable).parent / "openapi-generator-cli", "generate", "--input-spec", DOCS / document]
    command += ["--generator-name", language, "--output", output]
    run([*command, *(f"--additional-properties={name}={value}" for name, value in properties.items())])
    return output


def openapi_generator_python(table, all_documents, folder):
    made = {}
    for n, name in enumerate(all_documents):
        package = f"made_{n}"
        sys.path.insert(0, str(openapi_generator("python", name, folder / package, packageName=package)))
        made[name] = importlib.import_module(f"{package}.models")
    tool = f"openapi-generator {version('openapi-generator-cli')}, python"
    table.judged(tool, "makes Python classes", judge_by_classes(table, made), is_usable)


def compiled(table, all_documents, file, folder):
    """Rust types, which take minutes to compile."""
    verdicts = {}
    for n, name in enumerate(all_documents):
        output = openapi_generator("rust", name, folder / f"rust_{n}")
        environment = os.environ | {"JUDGE_DOCUMENT": str(DOCS / name)}
        environment["JUDGE_MODELS"] = str(output / "src/models/mod.rs")
        command = [os.environ.get("CARGO", "cargo"), "run", "--quiet", "--locked"]
        command += ["--manifest-path", TOOLS / "rust_judge/Cargo.toml", "--", file]
        for tool, all_verdicts in json.loads(run(command, env=environment)).items():
            of = verdicts.setdefault(tool, [None] * len(table.cases))
            for n, case in enumerate(table.cases):
                if case["document"] == name:
                    of[n] = all_verdicts[n]
    typify = re.search(r'typify = "=([0-9.]+)"', (TOOLS / "rust_judge/Cargo.toml").read_text(encoding="utf-8"))[1]
    table.judged(f"typify {typify}", "makes Rust types", verdicts["typify"], is_usable)
    rust = f"openapi-generator {version('openapi-generator-cli')}, rust"
    table.judged(rust, "makes Rust types", verdicts["openapi-generator-rust"], is_usable)


PAGE = """# Stock tools

What other people's tools make of [`openapi.json`](openapi.json) and [`schemas/`](schemas), judged by the messages in
[`messages/`](messages). Written by `cargo xtask stock-tools --report docs/stock-tools.md`; never edited by hand.

{table}

A message that only a rule beyond JSON Schema refuses is in no column: a validator takes it, and so it should. Validators
have to be right about every message. Types have to take every valid message, and refuse nine in ten at least of those
without a member that is always there; most tools make nothing of conditions and some nothing of patterns, so validate by
`schemas/` as well. Each linter has to refuse a document without a version.

| tool | setting |
|---|---|
| orval | `override.zod.dateTimeOptions: {{ offset: true }}`: by default, it refuses a time with an offset |
| Redocly CLI | `no-invalid-media-type-examples: {{ allowAdditionalProperties: true }}`: by default, it warns of members in conditions |
| validators | `format` is switched on |

`tests/tools` has the tools' versions and how each is called.
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("modules", type=Path, help="the folder with node_modules")
    parser.add_argument("--compiled", action="store_true", help="judge by types that have to be compiled, too")
    parser.add_argument("--report", type=Path, help="the page to write")
    arguments = parser.parse_args()
    # What other people's code warns of is theirs.
    warnings.simplefilter("ignore")
    all_documents = documents()
    bundles = {path.name: read(path) for path in sorted((DOCS / "schemas").glob("*.json"))}
    table = Table(cases(all_documents))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lint(table, all_documents, arguments.modules, folder)
        validate(table, bundles)
        file = judge_by_node(table, all_documents, bundles, arguments.modules, folder)
        datamodel(table, all_documents, folder)
        openapi_generator_python(table, all_documents, folder)
        if arguments.compiled:
            compiled(table, all_documents, file, folder)
    print(table.print())
    if arguments.report:
        arguments.report.write_text(PAGE.format(table=table.print()), encoding="utf-8")


main()
