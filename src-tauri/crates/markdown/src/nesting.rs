//! How deep quotes and lists stand in one another.

/// Deepest nesting that is parsed. A line that goes on with the paragraph before
/// it costs the parser a step for each level, and the page an element: a text of
/// 1 MB could take minutes. Nobody writes half of this.
const MOST: usize = 500;

/// True where a line may stand deeper than is parsed. To stand so deep without
/// the line saying it is not possible: an item's lines are indented by two
/// columns at least, and each line of a quote has its mark, or opens nothing.
pub(crate) fn too_deep(text: &str) -> bool {
    text.lines().any(|line| depth(line.as_bytes()) > MOST)
}

/// An upper bound of how deep the last item or quote that a line opens stands.
fn depth(mut line: &[u8]) -> usize {
    let (mut marks, mut columns) = (0, 0);
    loop {
        line = match line {
            [b' ', rest @ ..] => {
                columns += 1;
                rest
            }
            [b'\t', rest @ ..] => {
                columns += 4;
                rest
            }
            [b'>', rest @ ..] => {
                marks += 1;
                rest
            }
            _ => match item(line) {
                Some(rest) => {
                    marks += 1;
                    rest
                }
                None => break,
            },
        };
    }
    if marks == 0 { 0 } else { marks + columns / 2 }
}

/// What follows the mark of a list's item.
fn item(line: &[u8]) -> Option<&[u8]> {
    let number = line.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let rest = match line.get(number..)? {
        [b'-' | b'+' | b'*', rest @ ..] if number == 0 => rest,
        [b'.' | b')', rest @ ..] if number > 0 => rest,
        _ => return None,
    };
    matches!(rest.first(), None | Some(b' ' | b'\t')).then_some(rest)
}
