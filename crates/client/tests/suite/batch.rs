//! Batches of calls of many servers.

use std::collections::BTreeMap;
use std::time::Duration;

use alipayplus_client::inquiry_payment::InquiryPayment;
use alipayplus_client::{Batch, BatchError, BatchLimits, Client, Directory, Reply, RetryPolicy};
use tokio::time::{Instant, sleep};

use crate::mock_server::{MockResponse, MockServer, paid, request};

type Numbers = Batch<Client, usize, Reply<InquiryPayment>>;

fn batch<'a>(servers: impl IntoIterator<Item = (&'a str, &'a MockServer)>, limits: BatchLimits) -> Numbers {
    let client = |server: &MockServer| server.builder().retry(RetryPolicy::never()).build().unwrap();
    let directory: Directory<Client> = servers.into_iter().map(|(key, server)| (key, client(server))).collect();
    Batch::new(directory, limits, async |client: Client, number| (number, client.inquiry_payment(&request()).await))
}

fn paid_after(milliseconds: u64) -> MockResponse {
    MockResponse::new(paid()).after(Duration::from_millis(milliseconds))
}

#[tokio::test(start_paused = true)]
async fn a_server_is_called_within_its_limits_and_each_item_returns_once() {
    let (slow, fast) = (MockServer::new([paid_after(1000)]), MockServer::new([paid_after(10)]));
    let mut batch = batch([("slow", &slow), ("fast", &fast)], BatchLimits::new().concurrency(2));
    batch.limit("fast", BatchLimits::new().concurrency(2).rate(50));
    assert_eq!(batch.room("slow"), 4);
    for number in 0..6 {
        batch.push("slow", number);
        batch.push("fast", 10 + number);
    }
    batch.push("none", 20);
    assert_eq!((batch.len(), batch.room("slow"), batch.room("fast")), (13, 0, 0));
    let mut order = Vec::new();
    while let Some((number, result)) = batch.next().await {
        assert_eq!(matches!(result, Err(BatchError::UnknownServer(_))), number == 20);
        assert_eq!(result.is_ok(), number < 20, "{result:?}");
        order.push(number);
    }
    // Two slow calls at a time delay no fast one.
    assert!(order[1..7].iter().all(|number| *number >= 10), "{order:?}");
    order.sort_unstable();
    assert_eq!(order, [0, 1, 2, 3, 4, 5, 10, 11, 12, 13, 14, 15, 20]);
    let times = slow.request_times();
    assert_eq!(times.iter().map(|time| time / 1000).collect::<Vec<_>>(), [0, 0, 1, 1, 2, 2], "{times:?}");
    // One call may catch up with what a timer has lost.
    let times = fast.request_times();
    assert!((60..120).contains(&times[5]), "{times:?}");
    assert!(batch.is_empty() && batch.room("slow") == 4);
}

#[tokio::test(start_paused = true)]
async fn items_of_a_server_that_is_down_return_at_once() {
    let broken = || MockResponse::new("").status(503).after(Duration::from_secs(1));
    let down = MockServer::new([broken(), broken(), broken(), MockResponse::new(paid())]);
    let limits = BatchLimits::new().concurrency(1).circuit_breaker(2, Duration::from_secs(5), Duration::from_secs(9));
    let mut batch = batch([("down", &down)], limits);
    let start = Instant::now();
    (0..6).for_each(|number| batch.push("down", number));
    let mut kinds = BTreeMap::<_, Vec<usize>>::new();
    while let Some((number, result)) = batch.next().await {
        let kind = match result {
            Err(BatchError::Call(error)) => error.kind(),
            Err(BatchError::Unavailable { retry_in }) => {
                assert_eq!(retry_in, Duration::from_secs(5));
                "unavailable"
            }
            other => panic!("{other:?}"),
        };
        kinds.entry(kind).or_default().push(number);
    }
    assert_eq!(kinds, BTreeMap::from([("status", vec![0, 1]), ("unavailable", vec![2, 3, 4, 5])]));
    assert_eq!((batch.room("down"), start.elapsed().as_secs()), (0, 2));

    // One call tries it, then waits longer, then finds it up.
    for (pause, is_up) in [(5, false), (9, true)] {
        sleep(Duration::from_secs(pause)).await;
        assert_eq!(batch.room("down"), 1);
        batch.push("down", 6);
        batch.push("down", 7);
        assert_eq!(batch.room("down"), 0);
        let (number, result) = batch.next().await.unwrap();
        assert_eq!((number, result.is_ok()), (6, is_up));
        let (number, result) = batch.next().await.unwrap();
        assert_eq!((number, result.is_ok()), (7, is_up), "{result:?}");
    }
    assert_eq!(batch.room("down"), 2);
    assert_eq!(down.requests().len(), 5);
}
