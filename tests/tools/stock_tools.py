"""Holds the documents in docs/ against tools that know nothing of this project.

- openapi-spec-validator takes the OpenAPI document;
- datamodel-code-generator makes Python classes from it, which take the messages of the tests and refuse broken ones;
- jsonschema takes each bundled schema without other files, and validates the same messages.
"""

import copy
import importlib.util
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import jsonschema
import pydantic
from openapi_spec_validator import OpenAPIV31SpecValidator
from referencing.exceptions import Unresolvable

ROOT = Path(__file__).resolve().parents[2]
# What the messages of the tests are: the component and the bundled schema.
KINDS = {
    "request": ("InquiryPaymentRequest", "inquiryPayment.request.json"),
    "response": ("InquiryPaymentResponse", "inquiryPayment.response.json"),
    "service": ("ServiceResponse", "common.ServiceResponse.json"),
}


def read(path):
    return json.loads((ROOT / path).read_text(encoding="utf-8"))


def errors_of(document):
    """What openapi-spec-validator says against a document."""
    try:
        return [f"{'/'.join(map(str, it.path))}: {it.message}" for it in OpenAPIV31SpecValidator(document).iter_errors()]
    except Unresolvable as error:
        return [f"{error.ref} leads nowhere"]


def check_openapi(document):
    if errors := errors_of(document):
        sys.exit("openapi-spec-validator refuses docs/openapi.json:\n" + "\n".join(errors))
    # A validator that takes everything says nothing.
    broken_document = copy.deepcopy(document)
    del broken_document["info"]["version"]
    assert errors_of(broken_document), "a document without a version was taken"


def classes(folder):
    """The Python classes that are made from the document."""
    path = Path(folder) / "messages.py"
    command = [sys.executable, "-I", "-m", "datamodel_code_generator", "--input", ROOT / "docs/openapi.json"]
    command += ["--input-file-type", "openapi", "--strict-refs", "--formatters", "builtin"]
    command += ["--output-model-type", "pydantic_v2.BaseModel", "--output", path]
    subprocess.run(command, check=True)
    spec = importlib.util.spec_from_file_location("messages", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages"] = module
    spec.loader.exec_module(module)
    return module


def bundles():
    """A validator for each bundled schema."""
    validators = {}
    for path in sorted((ROOT / "docs/schemas").glob("*.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        validators[path.name] = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    return validators


def broken(message):
    """The message without each of its members that every message has, and with an empty text in them."""
    for name, value in message.items():
        yield {other: value for other, value in message.items() if other != name}
        yield message | {name: ""}
        if isinstance(value, dict):
            yield message | {name: value | {next(iter(value)): ""}}


def takes(model, message):
    try:
        model.model_validate_json(json.dumps(message))
        return True
    except pydantic.ValidationError:
        return False


def main():
    document = read("docs/openapi.json")
    check_openapi(document)
    validators = bundles()
    messages = read("tests/data/bases.json")
    refused = 0
    with tempfile.TemporaryDirectory() as folder:
        module = classes(folder)
        for name, base in messages.items():
            component, bundle = KINDS[base["of"]]
            model, message = getattr(module, component), base["message"]
            validators[bundle].validate(message)
            assert takes(model, message), f"{component} does not take the message {name}"
            required = {key: message[key] for key in document["components"]["schemas"][component]["required"]}
            for wrong in broken(required):
                wrong = {key: value for key, value in message.items() if key not in required} | wrong
                assert not validators[bundle].is_valid(wrong), f"{bundle} takes {wrong}"
                assert not takes(model, wrong), f"{component} takes {wrong}"
                refused += 1
    print(f"stock tools: 1 OpenAPI document, {len(validators)} schemas, {len(messages)} messages taken, {refused} refused")


main()
