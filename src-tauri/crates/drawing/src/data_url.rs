//! Bytes in a URL of their own (RFC 2397).

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// `data:<mime>;base64,<bytes>`, as `image_url` takes it.
pub fn data_url(mime: &str, bytes: &[u8]) -> String {
    let mut url = String::with_capacity(mime.len() + 13 + bytes.len().div_ceil(3) * 4);
    url.push_str("data:");
    url.push_str(mime);
    url.push_str(";base64,");
    BASE64.encode_string(bytes, &mut url);
    url
}

/// MIME type (in small letters, `text/plain` when there is none) and bytes of a
/// base64 data URL (RFC 2397); `None` for anything else.
pub fn parse_data_url(url: &str) -> Option<(String, Vec<u8>)> {
    let (scheme, rest) = url.trim().split_at_checked(5)?;
    if !scheme.eq_ignore_ascii_case("data:") {
        return None;
    }
    let (head, body) = rest.split_once(',')?;
    let mut parts = head.split(';').map(str::trim);
    let mime = match parts.next().unwrap_or_default() {
        "" => "text/plain".to_owned(),
        mime => mime.to_lowercase(),
    };
    if !parts.next_back()?.eq_ignore_ascii_case("base64") {
        return None;
    }
    Some((mime, BASE64.decode(body).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comes_back_as_it_went() {
        for bytes in [&b""[..], b"a", b"ab", b"abc", &[0, 255, 128]] {
            let url = data_url("image/png", bytes);
            assert_eq!(
                parse_data_url(&url),
                Some(("image/png".into(), bytes.to_vec()))
            );
        }
    }

    #[test]
    fn reads_what_others_write_and_refuses_the_rest() {
        let a = Some(("image/png".to_owned(), b"a".to_vec()));
        assert_eq!(parse_data_url("DATA:Image/PNG;name=x;Base64,YQ"), a);
        assert_eq!(
            parse_data_url("data:;base64,YQ=="),
            Some(("text/plain".into(), b"a".into()))
        );
        for bad in [
            "",
            "data:",
            "data:image/png,abc",
            "data:image/png;base64",
            "http://x/,YQ==",
            "data:image/png;base64,Y*",
            "dataé;base64,YQ==",
        ] {
            assert_eq!(parse_data_url(bad), None, "{bad}");
        }
    }
}
