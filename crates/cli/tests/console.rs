//! The sandbox's console in a real browser: Debian's Chromium, without a screen.
//!
//! `CONSOLE_PICTURES=1` writes pictures of three widths, light and dark, to `target/tmp`, and one of them to `docs/console.png`.

#![allow(missing_docs, clippy::unwrap_used, clippy::panic, reason = "a test")]
#![cfg(unix)]

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::panic::{AssertUnwindSafe, resume_unwind};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::FutureExt as _;
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use thirtyfour::common::capabilities::chromium::ChromiumLikeCapabilities as _;
use thirtyfour::{By, DesiredCapabilities, Key, WebDriver, WebElement};

/// How long the page may take to show what has changed.
const PATIENCE: Duration = Duration::from_secs(20);

/// A process that is ended on drop.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// Starts a program and returns the first of its lines that this finds something in.
fn start<T>(command: &mut Command, find: impl Fn(&str) -> Option<T>) -> (Process, T) {
    let program = command.get_program().to_owned();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = Process(child.unwrap_or_else(|error| {
        panic!(
            "can't start {}: {error}; install the Debian packages `chromium` and `chromium-driver`",
            program.display()
        )
    }));
    let lines = BufReader::new(child.0.stdout.take().unwrap()).lines();
    let found = lines.map_while(Result::ok).find_map(|line| find(&line));
    (child, found.unwrap_or_else(|| panic!("{} did not start", program.display())))
}

/// The sandbox, and a browser that shows its console.
struct Console {
    ready: Value,
    browser: WebDriver,
    _processes: [Process; 2],
    /// The files of the browser, which leaves some behind.
    _folder: TempDir,
}

/// Runs a test in a browser with these preferences.
fn with_console(preferences: Value, test: impl AsyncFnOnce(&Console)) {
    let options = ["sandbox", "--dev", "--port", "0", "--admin-port", "0", "--json"];
    let mut sandbox = Command::new(env!("CARGO_BIN_EXE_alipayplus"));
    let (sandbox, ready) = start(sandbox.args(options), |line| serde_json::from_str::<Value>(line).ok());
    let folder = tempdir().unwrap();
    let (driver, port) = start(Command::new("chromedriver").arg("--port=0").env("TMPDIR", folder.path()), |line| {
        let (_, port) = line.split_once("started successfully on port ")?;
        port.trim_end_matches('.').parse::<u16>().ok()
    });
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut capabilities = DesiredCapabilities::chrome();
        // Root has no sandbox, and containers have little shared memory.
        for argument in
            ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--hide-scrollbars"]
        {
            capabilities.add_arg(argument).unwrap();
        }
        capabilities.add_experimental_option("prefs", preferences).unwrap();
        let browser = WebDriver::new(format!("http://127.0.0.1:{port}"), capabilities).await.unwrap();
        let console = Console { ready, browser, _processes: [sandbox, driver], _folder: folder };
        console.size(1280, 800, false).await;
        console.browser.goto(console.url()).await.unwrap();
        // A browser that is dropped waits for its runtime, which waits for it.
        let tested = AssertUnwindSafe(test(&console)).catch_unwind().await;
        console.browser.clone().quit().await.unwrap();
        tested.unwrap_or_else(|panic| resume_unwind(panic));
    });
}

impl Console {
    fn url(&self) -> String {
        format!("{}/", self.ready["admin"].as_str().unwrap())
    }

    /// Asks as a caller does, with changes to the printed line. Returns all that curl prints.
    fn curl(&self, id: &str, changes: &[(&str, &str)]) -> String {
        let mut line = self.ready["curl"].as_str().unwrap().replace("SBX-PAID~1", id);
        for (from, to) in changes {
            assert!(line.contains(from), "{from} is not in {line}");
            line = line.replace(from, to);
        }
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
    }

    async fn devtools(&self, method: &str, parameters: Value) -> Value {
        self.browser.cdp().send_raw(method, parameters).await.unwrap()
    }

    /// Sets the size of what is visible, and whether the user prefers dark colours.
    async fn size(&self, width: u32, height: u32, dark: bool) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
        let scheme = json!([{ "name": "prefers-color-scheme", "value": if dark { "dark" } else { "light" } }]);
        self.devtools("Emulation.setEmulatedMedia", json!({ "features": scheme })).await;
    }

    /// Returns what an expression of the page's own language gives.
    async fn eval(&self, expression: &str) -> Value {
        let parameters = json!({ "expression": expression, "returnByValue": true, "replMode": true });
        let result = self.devtools("Runtime.evaluate", parameters).await;
        assert!(result["exceptionDetails"].is_null(), "{expression}: {result}");
        result["result"]["value"].clone()
    }

    /// Waits until an expression is true.
    #[track_caller]
    fn until(&self, expression: &str) -> impl Future<Output = ()> {
        let place = std::panic::Location::caller();
        async move {
            let parameters = json!({ "expression": expression, "returnByValue": true, "replMode": true });
            let wait = async {
                // It fails while the page is on its way to another.
                while !matches!(
                    self.browser.cdp().send_raw("Runtime.evaluate", &parameters).await,
                    Ok(result) if result["result"]["value"] == true
                ) {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            };
            if tokio::time::timeout(PATIENCE, wait).await.is_err() {
                let text = self.eval("document.body.innerText").await;
                panic!("{place}: {expression} did not become true in:\n{text}");
            }
        }
    }

    async fn find(&self, css: &str) -> WebElement {
        self.browser.find(By::Css(css)).await.unwrap_or_else(|error| panic!("{css}: {error}"))
    }

    async fn click(&self, css: &str) {
        self.find(css).await.click().await.unwrap_or_else(|error| panic!("{css}: {error}"));
    }

    /// Writes into a field, in place of what is there.
    async fn write(&self, css: &str, text: &str) {
        let field = self.find(css).await;
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
    }

    /// Clicks the first button with this text.
    async fn submit(&self, text: &str) {
        let button = self.browser.find(By::XPath(format!("//button[.='{text}']"))).await;
        button
            .unwrap_or_else(|error| panic!("{text}: {error}"))
            .click()
            .await
            .unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// Presses a key.
    async fn key(&self, name: &str) {
        let key = if name == "Enter" { Key::Enter } else { Key::Tab };
        self.browser.action_chain().send_keys(key.value().to_string()).perform().await.unwrap();
    }

    /// Returns a text in the newest exchange.
    async fn text(&self, part: &str) -> String {
        self.eval(&newest(part)).await.as_str().unwrap_or_default().to_owned()
    }

    /// Returns the controls of the page as assistive technology has them: roles and names.
    async fn controls(&self) -> BTreeSet<(String, String)> {
        let tree = self.devtools("Accessibility.getFullAXTree", json!({})).await;
        let nodes = tree["nodes"].as_array().unwrap().iter().filter(|node| node["ignored"] == false);
        let text = |value: &Value| value["value"].as_str().unwrap_or_default().to_owned();
        nodes.map(|node| (text(&node["role"]), text(&node["name"]))).collect()
    }

    async fn picture(&self, file: PathBuf) {
        let picture = self.devtools("Page.captureScreenshot", json!({})).await;
        fs::write(file, STANDARD.decode(picture["data"].as_str().unwrap()).unwrap()).unwrap();
    }
}

const EXCHANGE: &str = "#exchanges > details:first-child";

/// Returns the expression of a text in the newest exchange.
fn newest(part: &str) -> String {
    format!("(document.querySelector('{EXCHANGE} {part}')?.textContent ?? '')")
}

#[test]
fn exchanges_appear_as_they_happen_and_open() {
    with_console(json!({}), async |console| {
        console.until("document.getElementById('live').textContent == 'live'").await;
        console.until("document.querySelector('section .empty').checkVisibility()").await;
        // It would be gone if the page was loaded again.
        console.eval("window.isFirst = true").await;
        console.curl("SBX-PAID~1", &[]);
        console.until(&format!("{} == 'SBX-PAID~1'", newest(".subject"))).await;
        assert_eq!(console.text(".badges").await, "SUCCESS");
        console.click(&format!("{EXCHANGE} summary")).await;
        let checks = console.text(".checks").await;
        assert!(checks.contains("signature: pass") && checks.contains("body: pass"), "{checks}");
        let signed = console.text(".signed").await;
        assert!(signed.starts_with("POST /aps/api/v1/payments/inquiryPaymentLF\nSANDBOX_"), "{signed}");
        let headers = "-H 'X-A: a\tb' -H 'X-B: <script>document.title=2</script>' -H 'Client-Id";
        console.curl("SBX-PAID~1", &[("printf 'POST %s", "printf 'PUT %s"), ("-H 'Client-Id", headers)]);
        console.until(&format!("{}.startsWith('signature failed')", newest(".badges"))).await;
        let refused = console.text("> div").await;
        for text in ["Another method was signed", "aTABb", "access: not reached", "<script>document.title=2</script>"] {
            assert!(refused.contains(text), "{text} is not in {refused}");
        }
        console.curl("<script>document.title=1</script>", &[]);
        console.until(&format!("{} == '<script>document.title=1</script>'", newest(".subject"))).await;
        let body = console.text(".messages .body").await;
        assert!(body.ends_with("\"paymentRequestId\":\"<script>document.title=1</script>\"}"), "{body}");
        // Nor would it run if it was no text.
        console
            .eval(
                "addEventListener('securitypolicyviolation', (event) => (window.blocked ??= event.effectiveDirective))",
            )
            .await;
        console.eval("list.insertAdjacentHTML('afterend', '<b onclick=\"document.title=3\">b</b>'), list.nextSibling.click()").await;
        console.until("window.blocked == 'script-src-attr'").await;
        // The page was not loaded again, nothing ran in it, and what was open is.
        let state = "[window.isFirst, document.title, document.querySelectorAll('#exchanges > [open]').length]";
        assert_eq!(console.eval(state).await, json!([true, "Sandbox console", 1]));
    });
}

#[test]
fn forms_change_what_the_next_inquiry_gets() {
    with_console(json!({}), async |console| {
        console.until("document.getElementById('live').textContent == 'live'").await;
        console.write("form[action='/console/payments'] input", "order-1").await;
        console.submit("Create").await;
        console.until("document.querySelector('#payments .badge')?.textContent == 'in progress'").await;
        assert!(console.curl("order-1", &[]).contains("PAYMENT_IN_PROCESS"));
        console.eval("document.querySelector('#payments select').value = 'failed RISK_REJECT'").await;
        console.submit("Move").await;
        console.until("document.querySelector('#payments .badge').textContent == 'failed RISK_REJECT'").await;
        // The row was replaced under the button.
        assert!(console.eval("document.activeElement.textContent").await == "Move");
        assert!(console.curl("order-1", &[]).contains("RISK_REJECT"));
        console.eval("document.querySelector('#payments select').value = 'paid'").await;
        console.submit("Move").await;
        console.until("document.querySelector('#payments .badge').textContent == 'paid'").await;
        // A caller of the console's own.
        console.click("#payments button[formaction]").await;
        console.until("document.getElementById('message').textContent == 'order-1: HTTP 200, S/SUCCESS'").await;
        console.until(&format!("{} == 'SUCCESS'", newest(".badges"))).await;
        console.write("form[action='/console/payments'] input", "order-1").await;
        console.submit("Create").await;
        console.until("document.getElementById('message').textContent == 'there is a payment `order-1`'").await;

        console.write("input[name=times]", "1").await;
        console.eval("document.getElementById('switch-signature-none-paid').closest('details').open = true").await;
        let switch = "document.getElementById('switch-signature-none-paid').ariaChecked";
        console.click("#switch-signature-none-paid").await;
        console
            .until(&format!("{switch} == 'true' && document.getElementById('on-signature').textContent == '1 on'"))
            .await;
        assert!(!console.curl("SBX-PAID~1", &[]).contains("\nsignature:"));
        assert!(console.curl("SBX-PAID~1", &[]).contains("\nsignature:"));
        let played = "document.querySelector('#fault-signature-none-paid .played')?.textContent";
        console.until(&format!("{played} == 'played in 1 of 2 inquiries, times 1'")).await;
        console.click("#switch-signature-none-paid").await;
        console.until(&format!("{switch} == 'false' && document.getElementById('on-signature').hidden")).await;

        assert!(console.curl("SBX-OPEN-60S~1", &[]).contains("PAYMENT_IN_PROCESS"));
        console.submit("Shift").await;
        console.until("document.querySelector('#clock .note').textContent == 'shifted by 61 s'").await;
        assert!(console.curl("SBX-OPEN-60S~1", &[]).contains("\"paymentId\""));
        console.submit("Reset everything").await;
        console.until("!document.querySelector('#exchanges > *, #payments > *')").await;
        console.until("document.querySelector('#clock .note').textContent == 'not shifted'").await;
        assert!(console.curl("order-1", &[]).contains("ORDER_NOT_EXIST"));
    });
}

#[test]
fn a_keyboard_reaches_every_control_and_each_has_a_name() {
    with_console(json!({}), async |console| {
        console.until("document.getElementById('live').textContent == 'live'").await;
        console.write("form[action='/console/payments'] input", "order-1").await;
        console.submit("Create").await;
        console.curl("SBX-PAID~1", &[]);
        console.until("document.querySelectorAll('#payments > *, #exchanges > *').length == 2").await;
        // Opened by the keyboard.
        console.eval(&format!("document.querySelector('{EXCHANGE} summary').focus()")).await;
        console.key("Enter").await;
        console.until("document.querySelectorAll('#exchanges > [open]').length == 1").await;
        console.eval("document.getElementById('switch-signature-none-paid').closest('details').open = true").await;
        let controls = "[...document.querySelectorAll('a, button, input, select, summary')]\
                        .filter((control) => control.type != 'hidden' && control.checkVisibility())";
        let count = console.eval(&format!("window.controls = {controls}, controls.length")).await.as_i64().unwrap();
        assert!(count > 40, "{count}");
        console.eval("window.reached = [], controls[0].focus()").await;
        for _ in 0..count {
            console.eval("reached.push(controls.indexOf(document.activeElement)), 0").await;
            console.key("Tab").await;
        }
        let order: Vec<i64> = serde_json::from_value(console.eval("reached").await).unwrap();
        assert_eq!(order, (0..count).collect::<Vec<_>>(), "the tab order is another than that of the page");

        let controls = console.controls().await;
        let unnamed = controls.iter().find(|(role, name)| {
            ["button", "switch", "link", "textbox", "combobox", "spinbutton", "region"].contains(&role.as_str())
                && name.is_empty()
        });
        assert_eq!(unnamed, None);
        for (role, name) in [
            ("button", "Move order-1"),
            ("button", "Inquire about order-1"),
            ("combobox", "State of order-1"),
            ("combobox", "Inquire about a payment"),
            ("switch", "signature/none-paid"),
            ("region", "Exchanges"),
            ("status", ""),
        ] {
            assert!(controls.contains(&(role.to_owned(), name.to_owned())), "{role} {name}: {controls:#?}");
        }
    });
}

#[test]
fn the_page_works_without_its_script() {
    let without_script = json!({ "profile.managed_default_content_settings.javascript": 2 });
    with_console(without_script, async |console| {
        let create = async || {
            console.write("form[action='/console/payments'] input", "order-1").await;
            console.submit("Create").await;
        };
        create().await;
        console.until("document.querySelector('#payments .badge')?.textContent == 'in progress'").await;
        console.click("#payments button[formaction]").await;
        console.until(&format!("{} == 'order-1'", newest(".subject"))).await;
        console.click(&format!("{EXCHANGE} summary")).await;
        assert!(console.find(&format!("{EXCHANGE} .signed")).await.text().await.unwrap().starts_with("POST "));
        assert_eq!(
            console.eval("document.getElementById('live').textContent").await,
            json!("reload to see what is new")
        );
        create().await;
        console.until("document.querySelector('main > p')?.textContent == 'there is a payment `order-1`'").await;
        console.click("main a").await;
        console.until("document.querySelectorAll('#payments > .payment').length == 1").await;
    });
}

#[test]
fn it_fits_every_width_and_its_colours_have_contrast() {
    with_console(json!({}), async |console| {
        console.until("document.getElementById('live').textContent == 'live'").await;
        show_something(console).await;
        let pictures = std::env::var_os("CONSOLE_PICTURES").is_some();
        for (width, dark) in [360, 768, 1280].into_iter().flat_map(|width| [(width, false), (width, true)]) {
            console.size(width, 1800, dark).await;
            if pictures {
                let name = format!("console-{width}-{}.png", if dark { "dark" } else { "light" });
                console.picture(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).await;
            }
            let wider = format!(
                "[...document.querySelectorAll('body *')].filter((part) => !part.closest('.hidden')\
                         && part.getBoundingClientRect().right > {width}).map((part) => part.outerHTML.slice(0, 80))"
            );
            assert_eq!(console.eval(&wider).await, json!([]), "{width}");
            assert_eq!(console.eval(FAINT).await, json!([]), "dark: {dark}");
        }
        if pictures {
            console.size(1280, 720, false).await;
            console.picture(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/console.png")).await;
        }
    });
}

/// Finds text with less contrast to what is behind it than WCAG 2 asks for.
const FAINT: &str = r"
    const colour = (text) => text.match(/[\d.]+/g).map(Number);
    const light = (rgb) => rgb.slice(0, 3).map((part) => part / 255)
        .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
        .reduce((sum, part, n) => sum + part * [0.2126, 0.7152, 0.0722][n], 0);
    const behind = (part) => {
        const back = colour(getComputedStyle(part).backgroundColor);
        return back.length < 4 || back[3] > 0 || !part.parentElement ? back : behind(part.parentElement);
    };
    [...document.querySelectorAll('body *')]
        .filter((part) => part.checkVisibility() && [...part.childNodes].some((node) => node.nodeType == 3 && node.data.trim()))
        .map((part) => {
            const [low, high] = [light(colour(getComputedStyle(part).color)), light(behind(part))].sort((a, b) => a - b);
            return [part.outerHTML.slice(0, 80), (high + 0.05) / (low + 0.05)];
        })
        .filter(([, contrast]) => contrast < 4.5)
";

/// Brings the page into a state that shows most of it.
async fn show_something(console: &Console) {
    for (id, state) in [("order-1001", "in_progress"), ("order-1002", "failed RISK_REJECT")] {
        console.write("form[action='/console/payments'] input", id).await;
        console
            .eval(&format!("document.querySelector('form[action=\"/console/payments\"] select').value = '{state}'"))
            .await;
        console.submit("Create").await;
        console.until(&format!("document.getElementById('payments').textContent.includes('{id}')")).await;
    }
    console.curl("SBX-OPEN-60S~7", &[]);
    console.curl("SBX-FAULT-status/204~1", &[]);
    console.curl("SBX-FAILED-RISK_REJECT~4", &[]);
    console.curl("SBX-PAID~1", &[("printf 'POST %s", "printf 'PUT %s")]);
    console.curl("order-1001", &[]);
    console.eval("document.getElementById('switch-signature-none-paid').closest('details').open = true").await;
    console.click("#switch-signature-none-paid").await;
    console.until("document.querySelectorAll('#exchanges > *').length == 5").await;
    console.until("document.querySelector('.switch[aria-checked=true]') != null").await;
    console.click("#exchanges > details:nth-child(2) summary").await;
    console
        .eval("document.getElementById('message').textContent = '', document.activeElement.blur(), scrollTo(0, 0)")
        .await;
}
