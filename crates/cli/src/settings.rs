//! Settings from the command line, the environment and a file.
//!
//! clap knows all options, so the other two places need no list of their own: the environment's names are made from the
//! options' names, and what the file holds becomes the options' defaults.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, Parser};
use toml::{Table, Value};

use crate::console::{USAGE, print, say, usage};

/// Read without `--config`, if it is there.
const FILE: &str = "alipayplus.toml";
/// The heading in the help of the options that are different in each run, and so no settings.
pub(crate) const PER_RUN: &str = "What this run is about; only on the command line";
const CONFIG: &str = "config";
const PRINT: &str = "print_config";

/// Reads the command line with the other places behind it, or exits as clap does.
pub(crate) fn read<P: Parser>() -> Result<P, ExitCode> {
    let plain = with_environment(P::command());
    let (path, table) = file(&plain).map_err(usage)?;
    let wrong = |message| usage(format!("{}: {message}", path.display()));
    let command = with_file(plain.clone(), &table).map_err(wrong)?;
    let wants_print = env::args_os().any(|word| word == "--print-config");
    // What a command needs may be what is looked for.
    let command = if wants_print { without_needs(command) } else { command };
    let matches = command.clone().try_get_matches().map_err(|error| refused(&error, &path))?;
    if matches.get_flag(PRINT) {
        print(shown(&command, &plain, &matches, &path));
        return Err(ExitCode::SUCCESS);
    }
    P::from_arg_matches(&matches).map_err(|error| error.exit())
}

fn without_needs(command: Command) -> Command {
    command.mut_args(|argument| argument.required(false)).mut_subcommands(without_needs)
}

/// Prints an error as clap does, and where a wrong value is from if it is not on the command line.
fn refused(error: &clap::Error, path: &Path) -> ExitCode {
    let _ = error.print();
    if let Some(ContextValue::String(usage)) = error.get(ContextKind::InvalidArg)
        && let Some(option) = usage.split([' ', '=']).next().filter(|option| option.starts_with("--"))
        && !env::args().any(|word| word.split('=').next() == Some(option))
    {
        let name = variable_of(option.trim_start_matches('-'));
        let source = if env::var_os(&name).is_some() {
            format!("the environment variable {name}")
        } else {
            path.display().to_string()
        };
        say(format!("note: the value of {option} is from {source}"));
    }
    ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(USAGE))
}

/// Gives every option the environment variable of its name.
fn with_environment(command: Command) -> Command {
    let named = |argument: Arg| match variable(&argument) {
        Some(name) => argument.env(name).hide_env(true),
        None => argument,
    };
    command.mut_args(named).mut_subcommands(with_environment)
}

fn variable(argument: &Arg) -> Option<String> {
    option(argument).map(variable_of)
}

fn variable_of(option: &str) -> String {
    format!("ALIPAYPLUS_{}", option.to_uppercase().replace('-', "_"))
}

/// Returns the name of an option that can be set outside of the command line.
fn option(argument: &Arg) -> Option<&str> {
    let settable = matches!(argument.get_action(), ArgAction::Set | ArgAction::Append | ArgAction::SetTrue);
    let is_setting = argument.get_id() != PRINT && argument.get_help_heading() != Some(PER_RUN);
    argument.get_long().filter(|_| settable && is_setting)
}

/// Reads the file that the command line or the environment names, or the one in the current folder.
fn file(command: &Command) -> Result<(PathBuf, Table), String> {
    // The rest of the command line is read once the file is known.
    let named = command.clone().ignore_errors(true).try_get_matches().ok();
    let named = named.and_then(|matches| config(&matches));
    let path = named.clone().unwrap_or_else(|| FILE.into());
    let shown = path.display();
    match fs::read_to_string(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && named.is_none() => Ok((path, Table::new())),
        Err(error) => Err(format!("can't read {shown}: {error}")),
        Ok(text) => match text.parse() {
            Ok(table) => Ok((path, table)),
            Err(error) => Err(format!("{shown}: {error}")),
        },
    }
}

/// A global option can be given behind the command as well.
fn config(matches: &ArgMatches) -> Option<PathBuf> {
    let here = matches.try_get_one::<PathBuf>(CONFIG).ok().flatten().cloned();
    here.or_else(|| matches.subcommand().and_then(|(_, inner)| config(inner)))
}

/// Makes the file's values the defaults. A table is for the command of its name.
fn with_file(mut command: Command, table: &Table) -> Result<Command, String> {
    // A command's own table comes last, and wins.
    let (tables, values): (Vec<_>, Vec<_>) = table.iter().partition(|(_, value)| value.is_table());
    for (key, value) in values {
        let values = texts(value).ok_or_else(|| format!("`{key}` is no text, number, boolean or list of these"))?;
        let is_list = value.is_array();
        let (changed, found) = with_default(command, key, &values, is_list);
        command = changed;
        match found {
            Found::Set => {}
            Found::NoList => return Err(format!("`{key}` has one value, and no list")),
            Found::PerRun => return Err(format!("`{key}` is about one run: give it on the command line")),
            Found::Nothing => return Err(unknown("option", key, &command, options(&command))),
        }
    }
    for (key, inner) in tables.into_iter().filter_map(|(key, value)| Some((key, value.as_table()?))) {
        let Some(sub) = command.find_subcommand(key) else {
            let known = command.get_subcommands().map(|sub| sub.get_name().to_owned());
            return Err(unknown("command", key, &command, known.collect()));
        };
        // This build lacks the command, and another one may share the file.
        if sub.is_hide_set() {
            continue;
        }
        let sub = with_file(sub.clone(), inner).map_err(|message| format!("[{key}] {message}"))?;
        command = command.mut_subcommand(key, |_| sub);
    }
    Ok(command)
}

/// What an option of a file is to a command.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Found {
    Nothing,
    /// Only the command line has it.
    PerRun,
    /// It is set for all commands that have it.
    Set,
    NoList,
}

/// Makes values the default of an option, of all commands inside too.
fn with_default(command: Command, key: &str, values: &[String], is_list: bool) -> (Command, Found) {
    let mut found = Found::Nothing;
    let command = command.mut_args(|argument| {
        // A file can't name another file.
        if argument.get_long() != Some(key) || argument.get_id() == CONFIG {
            return argument;
        }
        if option(&argument).is_none() {
            found = found.max(Found::PerRun);
            return argument;
        }
        let fits = !is_list || matches!(argument.get_action(), ArgAction::Append);
        found = found.max(if fits { Found::Set } else { Found::NoList });
        argument.required(false).default_values(values.to_vec())
    });
    let command = command.mut_subcommands(|sub| {
        let (sub, inside) = with_default(sub, key, values, is_list);
        found = found.max(inside);
        sub
    });
    (command, found)
}

fn texts(value: &Value) -> Option<Vec<String>> {
    match value {
        Value::String(text) => Some(vec![text.clone()]),
        Value::Integer(number) => Some(vec![number.to_string()]),
        Value::Float(number) => Some(vec![number.to_string()]),
        Value::Boolean(flag) => Some(vec![flag.to_string()]),
        Value::Array(values) => values.iter().map(|value| Some(texts(value)?.concat())).collect(),
        _ => None,
    }
}

fn unknown(what: &str, key: &str, command: &Command, mut known: Vec<String>) -> String {
    known.sort();
    known.dedup();
    format!("`{key}` is no {what} of `{}`, which has {}", command.get_name(), known.join(", "))
}

fn options(command: &Command) -> Vec<String> {
    let own = command.get_arguments().filter(|argument| argument.get_id() != CONFIG).filter_map(option);
    own.map(str::to_owned).chain(command.get_subcommands().flat_map(options)).collect()
}

/// Returns the settings of the command that was asked for, as a file that would set them.
fn shown(command: &Command, plain: &Command, matches: &ArgMatches, path: &Path) -> String {
    let mut names = Vec::new();
    let (mut command, mut plain, mut matches) = (command, plain, matches);
    while let Some((name, inner)) = matches.subcommand() {
        let (Some(sub), Some(plain_sub)) = (command.find_subcommand(name), plain.find_subcommand(name)) else { break };
        names.push(name);
        (command, plain, matches) = (sub, plain_sub, inner);
    }
    let own = command.get_arguments().filter(|argument| argument.get_id() != CONFIG);
    let lines = own.filter_map(|argument| {
        let name = option(argument)?;
        let id = argument.get_id();
        let before = plain.get_arguments().find(|before| before.get_id() == id)?;
        let source = match matches.value_source(id.as_str())? {
            ValueSource::CommandLine => "the command line".to_owned(),
            ValueSource::EnvVariable => variable(argument)?,
            _ if argument.get_default_values() == before.get_default_values() => "the default".to_owned(),
            _ => path.display().to_string(),
        };
        let values = matches.get_raw(id.as_str()).into_iter().flatten().map(|raw| raw.to_string_lossy().into_owned());
        Some(format!("{name} = {} # {source}", written(argument, values.collect())))
    });
    [format!("[{}]", names.join("."))].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

fn written(argument: &Arg, values: Vec<String>) -> Value {
    match argument.get_action() {
        // What the help does not show is a secret.
        _ if argument.is_hide_default_value_set() => Value::from("[hidden]"),
        ArgAction::Append => Value::from(values),
        ArgAction::SetTrue => Value::from(values.concat() == "true"),
        _ => Value::from(values.concat()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_a_command_that_this_build_lacks_is_for_another_build() {
        let table = "[away]\nport = 1\n".parse().unwrap();
        let command = |is_away| Command::new("all").subcommand(Command::new("away").hide(is_away));
        assert!(with_file(command(true), &table).is_ok());
        assert!(with_file(command(false), &table).is_err());
    }
}
