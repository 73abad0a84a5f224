//! How long a provider asks to wait: in headers, in fields and in words.

mod date;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::HeaderMap;

/// No wait that is longer is believed: a year, in milliseconds.
const LONGEST_MS: f64 = 366.0 * 86_400_000.0;

/// Numbers from here on are no seconds to wait but a moment, in seconds since 1970.
const MOMENT: f64 = 1e9;
/// And from here on in milliseconds.
const MOMENT_MS: f64 = 1e12;

/// Units and their milliseconds; of two that fit the first counts.
const UNITS: &[(&str, f64)] = &[
    ("milliseconds", 1.0),
    ("millisecond", 1.0),
    ("ms", 1.0),
    ("毫秒", 1.0),
    ("seconds", 1e3),
    ("second", 1e3),
    ("secs", 1e3),
    ("sec", 1e3),
    ("s", 1e3),
    ("秒", 1e3),
    ("minutes", 6e4),
    ("minute", 6e4),
    ("mins", 6e4),
    ("min", 6e4),
    ("m", 6e4),
    ("分", 6e4),
    ("hours", 3.6e6),
    ("hour", 3.6e6),
    ("hrs", 3.6e6),
    ("hr", 3.6e6),
    ("h", 3.6e6),
    ("小时", 3.6e6),
    ("days", 8.64e7),
    ("day", 8.64e7),
    ("d", 8.64e7),
    ("天", 8.64e7),
];

/// Words after which a wait is named.
const BEFORE: &[&str] = &[
    "try again in",
    "try again after",
    "try again at",
    "try again on",
    "retry in",
    "retry again in",
    "retry after",
    "retry_after",
    "retry-after",
    "retry at",
    "retrydelay",
    "please wait",
    "wait for",
    "wait at least",
    "wait until",
    "wait",
    "resets in",
    "reset in",
    "resets at",
    "reset after",
    "reset at",
    "available in",
    "available again in",
    "available at",
];

/// Words after a wait that is named before them.
const AFTER: &[&str] = &["后", "之后", "以后"];

/// `retry-after-ms`, else `Retry-After`: seconds, a time such as `1m30s`, or a date. In
/// milliseconds.
pub(super) fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let text = |name| headers.get(name)?.to_str().ok().map(str::trim);
    let in_ms = text("retry-after-ms").and_then(|ms| whole(ms.parse::<f64>().ok()?));
    in_ms.or_else(|| wait(text("retry-after")?, now))
}

/// `x-ratelimit-reset-…` and its likes: seconds, a time, or a moment. Of several the
/// longest of those that nothing remains of; where that is not told of any, the
/// longest; where something remains of all, the shortest.
pub(super) fn reset(headers: &HeaderMap, now: SystemTime) -> Option<u64> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let (mut gone, mut left) = (None, None);
    for name in headers.keys().map(http::HeaderName::as_str) {
        let is = name.contains("ratelimit") || name.contains("rate-limit");
        if !is || !name.contains("reset") {
            continue;
        }
        let Some(ms) = text(name)
            .and_then(|value| wait(value, now))
            .filter(|ms| *ms > 0)
        else {
            continue;
        };
        let remains = text(&name.replace("reset", "remaining"))
            .and_then(|value| value.parse::<f64>().ok())
            .is_some_and(|remaining| remaining > 0.0);
        if remains {
            left = Some(left.map_or(ms, |least: u64| least.min(ms)));
        } else {
            gone = gone.max(Some(ms));
        }
    }
    gone.or(left)
}

/// A wait as a header or a field tells it: seconds, a time, or a moment.
pub(crate) fn wait(text: &str, now: SystemTime) -> Option<u64> {
    let text = text.trim();
    if let Ok(number) = text.parse::<f64>() {
        return of_number(number, now);
    }
    if let Some((ms, rest)) = span(text)
        && rest.trim().is_empty()
    {
        return whole(ms);
    }
    until(text, now)
}

/// A number of seconds, or a moment in seconds or milliseconds since 1970.
pub(crate) fn of_number(number: f64, now: SystemTime) -> Option<u64> {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let since_ms = since.as_secs_f64() * 1e3;
    match number {
        n if n >= MOMENT_MS => whole((n - since_ms).max(0.0)),
        n if n >= MOMENT => whole((n * 1e3 - since_ms).max(0.0)),
        n => whole(n * 1e3),
    }
}

/// How long it is until a date.
fn until(text: &str, now: SystemTime) -> Option<u64> {
    let left = date::read(text)?.duration_since(now);
    whole(left.unwrap_or(Duration::ZERO).as_secs_f64() * 1e3)
}

/// A wait in whole milliseconds, where it is one.
pub(crate) fn whole(ms: f64) -> Option<u64> {
    // `as` saturates.
    (ms.is_finite() && ms >= 0.0).then_some(ms.min(LONGEST_MS).ceil() as u64)
}

/// A wait that a message names: "Please try again in 1m30s", "请在30秒后重试".
pub(crate) fn in_words(message: &str, now: SystemTime) -> Option<u64> {
    let lower = message.to_lowercase();
    let named = BEFORE.iter().find_map(|before| {
        let mut found = lower.match_indices(before);
        found.find_map(|(at, _)| {
            let rest = lower.get(at + before.len()..)?;
            let rest = rest.trim_start_matches([' ', ':', '=', '"', '\'', '~']);
            let rest = rest.strip_prefix("about ").unwrap_or(rest);
            let seconds = before.contains("after") || before.contains("wait");
            match span(rest) {
                Some((ms, _)) => whole(ms),
                None => until(first_word(rest), now).or_else(|| bare(rest).filter(|_| seconds)),
            }
        })
    });
    named.or_else(|| {
        let mut digits = lower.match_indices(|c: char| c.is_ascii_digit());
        digits.find_map(|(at, _)| {
            let before = lower.get(..at)?;
            if before.ends_with(|c: char| c.is_ascii_digit() || c == '.') {
                return None;
            }
            let (ms, rest) = span(lower.get(at..)?)?;
            let rest = rest.trim_start();
            let waits = AFTER.iter().any(|after| rest.starts_with(after))
                || before.trim_end().ends_with("等待");
            waits.then(|| whole(ms))?
        })
    })
}

/// A number without a unit: seconds. No part of a date or a time of day.
fn bare(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let (number, rest) = text.split_at(end);
    let number = number.parse::<f64>().ok()?;
    (!rest.starts_with(['-', '/', ':'])).then(|| whole(number * 1e3))?
}

/// What a date may end with in a sentence.
const STOPS: &[char] = &[
    ' ', ',', ';', '(', ')', '"', '\'', '。', '，', '；', '（', '）',
];

/// Up to the next blank or stop; a date with its time after one blank, and the zone of
/// that after another, is one word.
fn first_word(text: &str) -> &str {
    let word = |from: usize| {
        let rest = text.get(from..).unwrap_or_default();
        from + rest.find(STOPS).unwrap_or(rest.len())
    };
    let goes_on = |end: usize, with: fn(char) -> bool| {
        let rest = text.get(end..).unwrap_or_default();
        rest.strip_prefix(' ')
            .is_some_and(|rest| rest.starts_with(with))
    };
    let mut end = word(0);
    if is_date(text.get(..end).unwrap_or_default()) && goes_on(end, |c| c.is_ascii_digit()) {
        end = word(end + 1);
        if goes_on(end, |c| c == '+' || c == '-') {
            end = word(end + 1);
        }
    }
    text.get(..end).unwrap_or_default().trim_end_matches('.')
}

/// True for `2025-10-19`.
fn is_date(word: &str) -> bool {
    let shape = |byte: u8| if byte.is_ascii_digit() { b'0' } else { byte };
    word.bytes().map(shape).eq(*b"0000-00-00")
}

/// A time such as `1m30s`, `6ms`, `1 minute and 3 seconds`, in milliseconds, and what
/// follows it.
fn span(text: &str) -> Option<(f64, &str)> {
    let (mut ms, mut rest, mut any) = (0.0, text.trim_start(), false);
    while let Some((one, after)) = one_unit(rest) {
        (ms, any) = (ms + one, true);
        rest = after;
        let next = rest.trim_start_matches([' ', ',']);
        let next = next.strip_prefix("and ").unwrap_or(next);
        if one_unit(next).is_none() {
            break;
        }
        rest = next;
    }
    any.then_some((ms, rest))
}

fn one_unit(text: &str) -> Option<(f64, &str)> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.'))?;
    let (number, rest) = text.split_at(end);
    let number: f64 = number.parse().ok()?;
    let rest = rest.trim_start_matches([' ', '-']);
    UNITS.iter().find_map(|(unit, ms)| {
        let after = rest.get(..unit.len())?.eq_ignore_ascii_case(unit);
        let after = rest.get(unit.len()..).filter(|_| after)?;
        // Not the beginning of another word; `分钟` and `秒钟` are the units themselves.
        let after = after.strip_prefix('钟').unwrap_or(after);
        let goes_on = unit.is_ascii() && after.starts_with(|c: char| c.is_ascii_alphabetic());
        (!goes_on).then_some((number * ms, after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> SystemTime {
        // 2023-11-14 22:13:20 UTC.
        UNIX_EPOCH + Duration::from_secs(1_700_000_000)
    }

    fn headers(of: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in of {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn retry_after_is_read_in_every_form() {
        let after = |name, value| retry_after(&headers(&[(name, value)]), now());
        for (name, value, ms) in [
            ("retry-after-ms", "250", Some(250)),
            ("retry-after-ms", "250.5", Some(251)),
            ("retry-after", "3", Some(3000)),
            ("retry-after", "0.5", Some(500)),
            ("retry-after", "3600", Some(3_600_000)),
            ("retry-after", "30s", Some(30_000)),
            ("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT", Some(10_000)),
            ("retry-after", "Tue, 14 Nov 2023 22:13:00 GMT", Some(0)),
            ("retry-after", "2023-11-14T22:13:50Z", Some(30_000)),
            ("retry-after", "1700000007", Some(7_000)),
            ("retry-after", "-1", None),
            ("retry-after", "NaN", None),
            ("retry-after", "soon", None),
        ] {
            assert_eq!(after(name, value), ms, "{name}: {value}");
        }
    }

    #[test]
    fn a_reset_is_that_of_what_is_used_up() {
        let of = |list: &[(&'static str, &str)]| reset(&headers(list), now());
        assert_eq!(of(&[("x-ratelimit-reset-requests", "1m30s")]), Some(90_000));
        assert_eq!(of(&[("x-ratelimit-reset-tokens", "6ms")]), Some(6));
        assert_eq!(of(&[("x-ratelimit-reset", "1700000010")]), Some(10_000));
        assert_eq!(of(&[("x-ratelimit-reset", "1700000010500")]), Some(10_500));
        assert_eq!(
            of(&[("x-ratelimit-reset-tokens-minute", "12.5")]),
            Some(12_500)
        );
        let anthropic = "anthropic-ratelimit-requests-reset";
        assert_eq!(of(&[(anthropic, "2023-11-14T22:13:45Z")]), Some(25_000));
        assert_eq!(
            of(&[(anthropic, "2023-11-15T06:13:45+08:00")]),
            Some(25_000)
        );
        let two = [
            ("x-ratelimit-reset-requests", "1h"),
            ("x-ratelimit-reset-tokens", "7.66s"),
        ];
        assert_eq!(of(&two), Some(3_600_000));
        let told = |requests, tokens| {
            of(&[
                two[0],
                two[1],
                ("x-ratelimit-remaining-requests", requests),
                ("x-ratelimit-remaining-tokens", tokens),
            ])
        };
        assert_eq!(told("99", "0"), Some(7_660));
        assert_eq!(told("0", "99"), Some(3_600_000));
        assert_eq!(told("99", "99"), Some(7_660));
        assert_eq!(of(&[("x-ratelimit-reset", "0s")]), None);
        assert_eq!(of(&[("x-reset", "9")]), None);
    }

    #[test]
    fn a_wait_in_words_is_read() {
        for (words, ms) in [
            (
                "Rate limit reached. Please try again in 20s. Contact us.",
                Some(20_000),
            ),
            ("Please try again in 1m12.5s.", Some(72_500)),
            ("Please try again in 6ms", Some(6)),
            ("retry in 1m", Some(60_000)),
            ("Please retry in 37.530s.", Some(37_530)),
            ("Please retry after 26 seconds.", Some(26_000)),
            ("Retry after 26", Some(26_000)),
            ("try again in 1 hour and 3 minutes", Some(3_780_000)),
            ("Please wait 2 minutes before asking again", Some(120_000)),
            ("Too many. try again at 2023-11-14T22:14:20Z.", Some(60_000)),
            ("Your limit will reset at 2023-11-14 22:13:26", Some(6_000)),
            (
                "It will reset at 2023-11-14 22:13:26, then ask",
                Some(6_000),
            ),
            ("reset at 2023-11-15 06:13:26 +0800.", Some(6_000)),
            ("Retry after 2023-11-14 22:14:20", Some(60_000)),
            ("Retry after 2023-11-14T22:14:20Z", Some(60_000)),
            ("Retry after 2023-11-14", None),
            ("Retry after 11/14/2023", None),
            ("please wait until 22:14", None),
            ("请在30秒后重试", Some(30_000)),
            ("请 2 分钟后再试", Some(120_000)),
            ("请求过快，请等待15秒", Some(15_000)),
            ("您的限额将在1小时后重置", Some(3_600_000)),
            ("Limit 20 requests per 1 minute", None),
            ("1分钟内最多请求60次", None),
            ("try again in a moment", None),
            ("Try again later", None),
            ("wait, what", None),
            ("", None),
        ] {
            assert_eq!(in_words(words, now()), ms, "{words}");
        }
    }
}
