//! The bill of materials: what the programs of this platform hold of others, as CycloneDX
//! has it.

use anyhow::Result;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::archive::hexadecimal;
use crate::metainfo::day;
use crate::notices;
use crate::part::{Part, Source};
use crate::{moment, version};

/// As JSON.
///
/// # Errors
/// When a part cannot be read.
pub fn make() -> Result<String> {
    let bill = bill(&notices::parts()?, &version()?, moment()?);
    Ok(format!("{}\n", serde_json::to_string_pretty(&bill)?))
}

fn bill(parts: &[Part], version: &str, moment: u64) -> Value {
    let own = format!("pkg:generic/dragoman@{version}");
    let components: Vec<Value> = parts.iter().map(component).collect();
    let mut dependencies = vec![json!({
        "ref": own,
        "dependsOn": parts.iter().map(Part::url).collect::<Vec<_>>(),
    })];
    for part in parts {
        dependencies.push(json!({"ref": part.url(), "dependsOn": part.needs}));
    }
    let mut bill = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": "",
        "version": 1,
        "metadata": {
            "timestamp": format!("{}T{}Z", day(moment), time(moment)),
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "dragoman",
                "version": version,
                "licenses": [{"expression": "MIT OR Apache-2.0"}],
                "purl": own,
                "properties": [{"name": "platform", "value": platform()}],
            },
        },
        "components": components,
        "dependencies": dependencies,
    });
    // Of its own contents, so that the same source has the same number.
    let serial = uuid(&Sha256::digest(bill.to_string().as_bytes()));
    if let Some(place) = bill.get_mut("serialNumber") {
        *place = Value::String(format!("urn:uuid:{serial}"));
    }
    bill
}

fn platform() -> String {
    format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

fn component(part: &Part) -> Value {
    let mut component = json!({
        "type": match part.source {
            Source::Crate | Source::Npm => "library",
            Source::File => "data",
        },
        "bom-ref": part.url(),
        "name": part.name,
        "licenses": [{"expression": part.licence}],
    });
    if let Some(fields) = component.as_object_mut() {
        if part.source != Source::File {
            fields.insert("version".to_owned(), json!(part.version));
            fields.insert("purl".to_owned(), json!(part.url()));
        }
        if let Some((algorithm, sum)) = &part.hash {
            let sums = json!([{"alg": algorithm, "content": sum}]);
            fields.insert("hashes".to_owned(), sums);
        }
    }
    component
}

fn time(moment: u64) -> String {
    let second = moment % 86_400;
    format!(
        "{:02}:{:02}:{:02}",
        second / 3600,
        second / 60 % 60,
        second % 60
    )
}

/// The first half of a sum as a UUID of version 8 (RFC 9562, section 5.8).
fn uuid(sum: &[u8]) -> String {
    let digits = hexadecimal(sum);
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    format!(
        "{}-{}-8{}-8{}-{}",
        part(0, 8),
        part(8, 12),
        part(13, 16),
        part(17, 20),
        part(20, 32)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_a_component_once_and_the_same_source_makes_the_same_bill() {
        let parts = notices::parts().unwrap();
        let first = bill(&parts, "0.1.0", 0);
        assert_eq!(first, bill(&parts, "0.1.0", 0));
        let components = first["components"].as_array().unwrap();
        let mut references: Vec<_> = components
            .iter()
            .map(|component| component["bom-ref"].as_str().unwrap())
            .collect();
        let count = references.len();
        references.sort_unstable();
        references.dedup();
        assert_eq!(references.len(), count);
        // Each that something stands on is there.
        for dependency in first["dependencies"].as_array().unwrap() {
            for on in dependency["dependsOn"].as_array().unwrap() {
                let on = on.as_str().unwrap();
                assert!(references.binary_search(&on).is_ok(), "no {on}");
            }
        }
        for expected in ["pkg:cargo/hayro@", "pkg:cargo/rustls@", "pkg:npm/svelte@"] {
            assert!(
                references.iter().any(|one| one.starts_with(expected)),
                "no {expected}"
            );
        }
        let serial = first["serialNumber"].as_str().unwrap();
        assert_eq!(serial.len(), "urn:uuid:".len() + 36);
    }
}
