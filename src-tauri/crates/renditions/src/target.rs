//! The model that pictures are fitted to.

use std::{fmt::Write as _, sync::Arc};

use ::providers::Manifest;
use drawing::{Limits, Mime};
use protocol::{ErrorCode, IpcError, Picture, PictureOptions};

/// Changed when renditions are made differently: those that are kept are made anew.
const VERSION: u32 = 1;

/// Most bytes of an original where the provider does not say what it takes.
const ORIGINAL: u64 = 20_000_000;

/// Longest side where a provider limits the area and not the side.
const LONGEST: u32 = 8_192;

/// What pictures have to fit. Cheap to clone.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// What is worth sending.
    pub fit: Limits,
    /// What can be sent.
    pub most: Limits,
    /// Most pictures of one request.
    pub pictures: usize,
    model: Option<(Arc<Manifest>, String, Option<String>)>,
}

impl Target {
    /// No model in particular.
    pub fn of(base: &Limits) -> Self {
        Self {
            fit: base.clone(),
            most: Limits {
                long_side: u32::MAX,
                out_pixels: u32::MAX,
                out_bytes: saturated(ORIGINAL),
                ..base.clone()
            },
            pictures: usize::MAX,
            model: None,
        }
    }

    /// A model, as far as its provider says what it takes; for the rest what fits
    /// all of them.
    pub fn model(
        base: &Limits,
        manifest: &Arc<Manifest>,
        model: &str,
        detail: Option<&str>,
    ) -> Self {
        let known = manifest.limits(model);
        let useful = known
            .tokens
            .as_ref()
            .and_then(|tokens| tokens.useful_pixels(detail));
        // Base64 makes four bytes of three, and a request holds more than a picture.
        let of_the_body = known.body_bytes.map(|bytes| bytes / 10 * 7);
        let least = |own: Option<u64>, most: u64| {
            let of_the_body = of_the_body.unwrap_or(u64::MAX);
            saturated(own.unwrap_or(most).min(of_the_body))
        };
        let mut mimes = base.mimes.clone();
        if let Some(names) = &known.mime {
            mimes.retain(|mime| names.iter().any(|name| name == mime.as_str()));
        }
        if mimes.is_empty() {
            mimes.clone_from(&base.mimes);
        }
        Self::with(base, &known, useful, least, mimes).asked(manifest, model, detail)
    }

    fn with(
        base: &Limits,
        known: &::providers::Limits,
        useful: Option<u64>,
        least: impl Fn(Option<u64>, u64) -> u32,
        mimes: Vec<Mime>,
    ) -> Self {
        let pixels = known.image_pixels.unwrap_or(u64::MAX);
        let side = known.image_side.unwrap_or(u32::MAX);
        let shape = Limits {
            side_min: known.image_side_min.unwrap_or(base.side_min),
            ratio_max: known
                .image_ratio
                .map_or(base.ratio_max, |ratio| ratio as u32),
            mimes,
            ..base.clone()
        };
        let longest = if useful.is_some() {
            LONGEST
        } else {
            base.long_side
        };
        let fit = Limits {
            long_side: side.min(longest),
            out_pixels: saturated(useful.unwrap_or(base.out_pixels.into()).min(pixels)),
            out_bytes: least(known.image_bytes, base.out_bytes.into()),
            ..shape.clone()
        };
        let most = Limits {
            long_side: side,
            out_pixels: saturated(pixels),
            out_bytes: least(known.image_bytes, ORIGINAL),
            ..shape
        };
        Self {
            fit,
            most,
            pictures: known.images.map_or(usize::MAX, |most| most as usize),
            model: None,
        }
    }

    fn asked(self, manifest: &Arc<Manifest>, model: &str, detail: Option<&str>) -> Self {
        let detail = detail.map(str::to_owned);
        Self {
            model: Some((Arc::clone(manifest), model.to_owned(), detail)),
            ..self
        }
    }

    /// Tokens of a picture of this size, where a formula is published.
    pub fn tokens(&self, width: u32, height: u32) -> Option<u32> {
        let (manifest, model, detail) = self.model.as_ref()?;
        manifest.image_tokens(model, width, height, detail.as_deref())
    }

    /// Does a master fit as it is?
    ///
    /// # Errors
    /// [`ErrorCode::Parameter`] with the limit.
    pub fn check_original(
        &self,
        picture: &Picture,
        mime: &str,
        bytes: u64,
    ) -> Result<(), IpcError> {
        let most = &self.most;
        let (width, height) = (picture.original_width, picture.original_height);
        let over = |is: String, limit: String| {
            let name = &picture.name;
            let message = format!(
                "“{name}” cannot be sent as it is: it is {is}, and this model takes {limit}. It is sent fitted instead."
            );
            let error = IpcError::new(ErrorCode::Parameter, message);
            error
                .arg("parameter", name)
                .arg("range", limit)
                .arg("name", name)
        };
        let mb = |bytes: u64| format!("{:.1} MB", bytes as f64 / 1e6);
        let area = u64::from(width) * u64::from(height);
        let (long, short) = (width.max(height), width.min(height));
        if bytes > most.out_bytes.into() {
            let limit = format!("at most {}", mb(most.out_bytes.into()));
            Err(over(mb(bytes), limit))
        } else if area > most.out_pixels.into() || long > most.long_side {
            let limit = if long > most.long_side {
                format!("at most {} pixels a side", most.long_side)
            } else {
                format!("at most {:.1} megapixels", f64::from(most.out_pixels) / 1e6)
            };
            Err(over(format!("{width} × {height}"), limit))
        } else if short < most.side_min {
            let limit = format!("at least {} pixels a side", most.side_min);
            Err(over(format!("{width} × {height}"), limit))
        } else if !most.mimes.iter().any(|taken| taken.as_str() == mime) {
            let names: Vec<_> = most.mimes.iter().map(|mime| mime.as_str()).collect();
            Err(over(mime.to_owned(), names.join(", ")))
        } else {
            Ok(())
        }
    }
}

fn saturated(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// What a rendition depends on beside its master.
pub(crate) fn spec(limits: &Limits, options: &PictureOptions) -> String {
    let Limits {
        long_side,
        out_pixels,
        side_min,
        ratio_max,
        out_bytes,
        mimes,
        ..
    } = limits;
    let mut spec = format!("{VERSION} {long_side} {out_pixels} {side_min} {ratio_max} {out_bytes}");
    for mime in mimes {
        // Writing to a string does not fail.
        let _ = write!(spec, " {}", mime.as_str());
    }
    if options.crop.is_some() || !options.marks.is_empty() {
        let edits = serde_json::to_string(&(&options.crop, &options.marks));
        let _ = write!(spec, " {}", edits.unwrap_or_default());
    }
    spec
}
