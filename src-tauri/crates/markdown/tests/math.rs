//! Formulas: where they are found, how they are shown, and that nothing else is one.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)]

#[path = "support/check.rs"]
mod check;
#[path = "support/dom.rs"]
mod dom;

use check::{characters, cuts, stream_exactly};
use dom::assert_safe;
use markdown::{Renderer, render, to_html};
use pretty_assertions::assert_eq;

/// The formulas that are drawn of a text, as TeX; those between lines in brackets.
fn formulas(text: &str) -> Vec<String> {
    let html = to_html(&render(text));
    let dom = scraper::Html::parse_fragment(&html);
    let math = scraper::Selector::parse("math").unwrap();
    let annotation = scraper::Selector::parse("annotation").unwrap();
    dom.select(&math)
        .map(|math| {
            let tex: String = math
                .select(&annotation)
                .flat_map(|tex| tex.text())
                .collect();
            match math.attr("display") {
                Some(_) => format!("[{tex}]"),
                None => tex,
            }
        })
        .collect()
}

/// What is shown of a text, without its formulas.
fn around(text: &str) -> String {
    let html = to_html(&render(text));
    let mut out = String::new();
    let mut rest = html.as_str();
    while let Some((before, after)) = rest.split_once("<math") {
        out.push_str(before);
        out.push('∎');
        rest = after.split_once("</math>").unwrap().1;
    }
    out + rest
}

#[test]
fn formulas_are_found_in_every_place() {
    for (text, found) in [
        ("Let $x_1$ be.", &["x_1"][..]),
        (r"Let \(x_1, x_2\) be.", &["x_1, x_2"]),
        ("$$E = mc^2$$", &["[E = mc^2]"]),
        ("$$\nE = mc^2\n$$", &["[E = mc^2]"]),
        ("\\[\nE = mc^2\n\\]\n", &["[E = mc^2]"]),
        (r"\[E = mc^2\]", &["[E = mc^2]"]),
        ("so $$a = b$$ holds", &["[a = b]"]),
        (r"so \[a = b\] holds", &["[a = b]"]),
        ("so\n$$a = b$$\nholds", &["[a = b]"]),
        ("we get $$\na\n= b\n- c\n$$ and so", &["[a\n= b\n- c]"]),
        (r"其中$x$是，$y$。和（$z$）、$k$：", &["x", "y", "z", "k"]),
        (
            "- a $x$\n- $$\n  y\n  $$\n- \\[ z \\]\n",
            &["x", "[y]", "[z]"],
        ),
        (
            "1. a:\n\n   \\[\n   x = 1\n   \\]\n\n2. b: $y$\n",
            &["[x = 1]", "y"],
        ),
        ("1. a:\n\n    $$\n    x = 1\n    $$\n", &["[x = 1]"]),
        ("> $$\n> a\n> + b\n> $$\n> and $c$\n", &["[a\n+ b]", "c"]),
        ("> - \\(a\n>   + b\\)\n", &["a\n  + b"]),
        ("# The $n$th \\(k\\)\n", &["n", "k"]),
        ("_$v$_ and $dy/dx$", &["v", "dy/dx"]),
        ("**$x$** *$y$*, **bold**$z$, ~~$w$~~", &["x", "y", "z", "w"]),
        ("[see $x$](https://a.example)", &["x"]),
        (
            "| $a$ | $|b|$ |\n|---|---|\n| \\(P(A|B)\\) | $\\|c\\|$ |\n",
            &["a", "|b|", "P(A|B)", "|c|"],
        ),
        ("| a |\n|---|\n| $$\\frac{1}{2}$$ |\n", &[r"[\frac{1}{2}]"]),
        ("$a\n+ b$", &[]),
        ("so $a\n\\le b$ holds", &["a\n\\le b"]),
        ("$$\na = b\n\nc = d\n$$", &["[a = b\n\nc = d]"]),
        ("$$\na\n--- x\n# no heading", &[]),
        (
            "\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}\n",
            &["[\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}]"],
        ),
        (
            "so \\begin{pmatrix}1&2\\end{pmatrix} here",
            &[r"\begin{pmatrix}1&2\end{pmatrix}"],
        ),
        (
            "$$\\begin{aligned}\na &= b\\\\\n&= c\n\\end{aligned}$$",
            &["[\\begin{aligned}\na &= b\\\\\n&= c\n\\end{aligned}]"],
        ),
        (r"$\text{中文，$x$}$", &[r"\text{中文，$x$}"]),
        (r"$\{a\}$ and $a\$b$", &[r"\{a\}", r"a\$b"]),
        ("$ \\frac{a}{b} $", &[r"\frac{a}{b}"]),
        ("$`a_b`$ and $`c`$", &["a_b", "c"]),
        (
            "$a*b$ and $c*d$, $e_f$ and $g_h$",
            &["a*b", "c*d", "e_f", "g_h"],
        ),
        (
            "the $n$th, $x$-axis, $f(x)$s, $5$",
            &["n", "x", "f(x)", "5"],
        ),
        ("$a$$b$ and $x_1$$y$$z$", &["a", "b", "x_1", "y", "z"]),
        (
            "设 $ n $ 为整数，$ a + b $，$ \\alpha $、$ |x| $。",
            &["n", "a + b", r"\alpha", "|x|"],
        ),
        (
            "25$^\\circ$C, CO$_2$, Ca$^{2+}$, 2$\\times$3, 10$^{-3}$, m$^2$, 5$\\%$, R$^2$ = 1",
            &[
                r"^\circ", "_2", "^{2+}", r"\times", "^{-3}", "^2", r"\%", "^2",
            ],
        ),
        ("$2ab$ and $4ac + 3xy$, $-2a$", &["2ab", "4ac + 3xy", "-2a"]),
        (
            "“$x$”《$y$》【$z$】、$k$；（$m$）！$n$？",
            &["x", "y", "z", "k", "m", "n"],
        ),
        (
            "**解：**$x=1$，*所以*：**$y$**。$z$**（证）**",
            &["x=1", "y", "z"],
        ),
        ("# $x$\n## 一、$f(x)$的导数\n", &["x", "f(x)"]),
        (
            "| $5 | $x$ |\n|---|---|\n|$6|$|y|$|\n|$7|$8|",
            &["x", "|y|"],
        ),
        ("* * *\n$x$", &["x"]),
        ("```\n$a$\n```\n$b$\n", &["b"]),
        ("- ```\n  $$\n  ```\n- $b$\n", &["b"]),
        ("> ```\n> $$a$$\n\n$b$\n", &["b"]),
        ("`$a$` and ``\\(b\\)`` and $c$", &["c"]),
        ("    $a$\n\ntext\n\n    $$\n", &[]),
        ("$$\nx = 1\n\nThis is a sentence of words.\n\n$y$", &["y"]),
        ("- $$ a\n- $$ b\n- $x$", &["x"]),
        ("a\\\n$x$\\\nb", &["x"]),
        ("$x$<br>$y$", &["x", "y"]),
    ] {
        assert_eq!(formulas(text), found, "{text}");
        assert!(
            !to_html(&render(text)).contains(['\u{1}', '\u{2}']),
            "{text}"
        );
    }
}

#[test]
fn doubled_backslashes_are_halved_where_it_is_surely_a_formula() {
    for (text, found) in [
        (
            r"so \\(x\\), \\(n - 1\\) 和\\(3.14\\)。",
            &["x", "n - 1", "3.14"][..],
        ),
        (r"The answer is:\\(\\frac{a}{b}\\)", &[r"\frac{a}{b}"]),
        (r"\\[E = mc^2\\]", &["[E = mc^2]"]),
        (
            "a:\n\n\\\\[\na = \\\\frac{1}{2} \\\\\\\\[2pt]\nb = \\\\alpha\n\\\\]\n",
            &["[a = \\frac{1}{2} \\\\[2pt]\nb = \\alpha]"],
        ),
        (r"- \\(x_1\\) **\\(y\\)**", &["x_1", "y"]),
        (
            r"$\\frac{1}{2}$ $$\\alpha + \\beta$$",
            &[r"\frac{1}{2}", r"[\alpha + \beta]"],
        ),
        (r"$$a \\[2pt] b \\ c$$", &[r"[a \\[2pt] b \\ c]"]),
        (r"\[ a \\[2pt] b \]", &[r"[a \\[2pt] b]"]),
        (r"\\( \frac{a}{b} \\)", &[r"\frac{a}{b}"]),
    ] {
        assert_eq!(formulas(text), found, "{text}");
    }
    for text in [
        r"C:\\(x)\\[y]\\z",
        r"C:\\(a\\)b",
        r"D:\\[new]\\file and \\[old]",
        r"\\[server]\\share",
        r"\\server\\(x\\)",
        r#""\\(\\d+\\)""#,
        r"match \\([^)]+\\) or \\[.*\\]",
        r"\\(see the note\\)",
        r"\\(note\\)",
        r"\\[2pt] and \\]",
        r"line\\[2pt]",
        r"\\\\(x\\\\)",
        r"\\(\\)",
        "`\\\\(x\\\\)`",
        r"\\(x",
        r"\\(x\)",
    ] {
        assert_eq!(formulas(text), [""; 0], "{text}");
        let html = to_html(&render(text));
        assert!(!html.contains("class=\"tex\""), "{html}");
    }
}

#[test]
fn a_fence_of_math_is_drawn_once_it_is_closed() {
    for (text, found) in [
        ("```math\nx = 1\n```\n", &["[x = 1]"][..]),
        ("a\n```math\nx_1\n\n+ y\n```\nb $z$", &["[x_1\n\n+ y]", "z"]),
        ("~~~math\n\\frac{a}{b}\n~~~~\n", &[r"[\frac{a}{b}]"]),
        ("- a\n  ```math\n  x\n  ```\n", &["[x]"]),
        ("> ```math\n> x\n> ```\n", &["[x]"]),
        ("````math\nx\n````", &["[x]"]),
        ("```math\n$$\nx\n$$\n```", &["[x]"]),
        ("``` Math\nx\n```", &["[x]"]),
        ("```math\nx\n", &[]),
        ("```math\nx\n    ```\n", &[]),
        ("````math\nx\n```\n", &[]),
        ("```math\n```\n", &[]),
        ("```math\n\\nosuch{x}\n```\n", &[]),
        (
            "```latex\nx\n```\n```tex\nx\n```\n```mathematica\nx\n```\n",
            &[],
        ),
    ] {
        assert_eq!(formulas(text), found, "{text}");
    }
    let open = to_html(&render("```math\nx_1 *y*\n"));
    assert_eq!(
        open,
        "<div class=\"code\" data-lang=\"math\"><pre><code><span class=\"line\">x_1 *y*\n</span></code></pre></div>\n"
    );
}

#[test]
fn money_shells_and_brackets_are_no_formulas() {
    for text in [
        "US$5–US$6，HK$100/NT$30",
        "$1,000–$2,000",
        "$5→$6 → $7 => $8",
        "$HOME/$USER and $HOME$PATH",
        "${HOME}/${USER} ${a}${b}",
        "$(a)$(b)",
        "A$AP and A$AP, KE$HA",
        "|$5|$6|\n|---|---|\n|$a|$b|",
        "$0.10 per 1M tokens, $0.40 out",
        "$5/1M、$15/1M",
        "$5（约36元）和$6",
        "$5或$6，$7至$8",
        "-$5, +$6, ~$7, ≈$8",
        "$5+$6=$11",
        "$5=￥36，$6=￥43",
        "R$ 5,00 e R$ 6,00",
        "$5k-$6k, $5m/$6m, $5bn–$6bn",
        "a$^bar$",
        "x$y$, 5$x$",
        "$100,$200;$300",
        "\"$5\" and '$6'",
        "$5 ($6) [$7] {$8}",
        "$USER@$HOST:$PWD",
        "$x-$y=$z",
        "50$-60$",
        "It costs $5 and $10.",
        "US$3, CA$5 and A$7",
        "costs $5-$7 or $5–$7",
        "from $5/month to $10/year",
        "$1,000,000 (was $2,000,000)",
        "$5 million, then 10$ more",
        "5$ and 6$",
        "**$5** and **$6**",
        "($5), ($6)",
        "| $5 | $6 |\n|---|---|\n| $7 | $8 |",
        "- $5\n- $6",
        "价格是$5，比$6便宜",
        "花了$5，然后是100$。",
        "$5~$10",
        "set $HOME and $PATH",
        "$HOME/bin:$PATH",
        "${HOME}/${USER}",
        "$HOME，然后$PATH",
        "$(ls) and $(pwd)",
        "$a,$b",
        "$foo->bar($baz)",
        "$_GET['a'] . $_POST['b']",
        "^a$|^b$",
        r"/^\d+$/ and /a$/",
        "a$b$c",
        "$1 and $2",
        "$1$2",
        "$i=0;$i<5",
        r"\$5 and \$6",
        r"\$x\$",
        "$",
        "$$$",
        "$$$$",
        "a $ b",
        "$$ and $$$ places",
        "from $$ to $$",
        "kill -9 $$",
        r"\[note\] that",
        r"- \[x\] done",
        r"\[1\]",
        r"\(see the note below\)",
        r"\(\)",
        r"\[\]",
        r"\*not emphasised\*",
        "<https://a.example/$x$>",
        "https://a.example/$x$/b",
        "[a](https://a.example/$x$)",
        "$ 5 and $ 6",
        "$5 = 5€ and $6",
        "$x",
        "cost: $x and `$y`",
        "$20k–$30k",
        "$5,$10,$20",
        "$AAPL, $TSLA",
    ] {
        assert_eq!(formulas(text), [""; 0], "{text}");
        let html = to_html(&render(&format!("{text}\n\nend")));
        assert!(!html.contains("class=\"tex\""), "{html}");
    }
}

#[test]
fn what_stands_around_a_formula_is_markdown() {
    for (text, html) in [
        ("a *b* $x_1$ _c_", "<p>a <em>b</em> ∎ <em>c</em></p>\n"),
        ("**$x$**中文", "<p><strong>∎</strong>中文</p>\n"),
        (
            "| $|a|$ | b |\n|---|---|\n",
            "<div class=\"table\"><table><thead><tr><th>∎</th><th>b</th></tr></thead><tbody></tbody></table></div>\n",
        ),
        (
            "$$\na\n$$\n\n- b",
            "<p><span class=\"math-block\">∎</span></p>\n<ul><li>b</li></ul>\n",
        ),
        (
            "- $$\n  - a\n  $$\n- b",
            "<ul><li><span class=\"math-block\">∎</span></li><li>b</li></ul>\n",
        ),
        (
            "**解：**$x=1$和$y$**（证）**",
            "<p><strong>解：</strong>∎和∎<strong>（证）</strong></p>\n",
        ),
        (
            "（**$x$**）中文**$y$**中文：*$z$*，",
            "<p>（<strong>∎</strong>）中文<strong>∎</strong>中文：<em>∎</em>，</p>\n",
        ),
        ("a \u{387} b", "<p>a · b</p>\n"),
        ("a \\, b \\( c\n\nd", "<p>a , b ( c</p>\n<p>d</p>\n"),
    ] {
        assert_eq!(around(text), html, "{text}");
    }
}

#[test]
fn what_is_not_closed_is_shown_as_its_source() {
    for (text, html) in [
        (
            "a\n\n$$\nx_1 *y*\n",
            "<p>a</p>\n<p><code class=\"tex\">$$\nx_1 *y*</code></p>\n",
        ),
        (
            "\\[ a < b\n\n- c",
            "<p><code class=\"tex\">\\[ a &lt; b\n\n- c</code></p>\n",
        ),
        (
            "- so \\(x_1",
            "<ul><li>so <code class=\"tex\">\\(x_1</code></li></ul>\n",
        ),
        (
            "\\begin{align}\na",
            "<p><code class=\"tex\">\\begin{align}\na</code></p>\n",
        ),
        ("an $x_1 *y*", "<p>an $x_1 <em>y</em></p>\n"),
    ] {
        assert_eq!(to_html(&render(text)), html, "{text}");
    }
}

#[test]
fn what_cannot_be_drawn_is_shown_as_its_source() {
    for tex in [
        r"\nosuch{x}",
        r"\frac{a}",
        r"\left( x",
        "x^2^3",
        r"\href{javascript:alert(1)}{x}",
        r"\includegraphics{x}",
        r"\def\x{\x}\x",
        r"\html{<b>}",
        r"\url{https://a.example}",
        r"\begin{tikzpicture}\end{tikzpicture}",
        r"\end{matrix}\begin{matrix}",
    ] {
        let html = to_html(&render(&format!("a $${tex}$$ b")));
        let escaped = tex.replace('<', "&lt;").replace('>', "&gt;");
        assert_eq!(
            html,
            format!("<p>a <code class=\"tex\">$${escaped}$$</code> b</p>\n")
        );
    }
}

#[test]
fn what_models_write_is_drawn() {
    for tex in [
        r"\frac{-b \pm \sqrt{b^2-4ac}}{2a}",
        r"\int_0^\infty e^{-x^2}\,dx",
        r"\sum\limits_{i=1}^{n} i",
        r"\boxed{x = 5}",
        r"\boxed{\frac{1}{\boxed{2}}}",
        r"\fbox{done}",
        r"E = mc^2 \tag{1}",
        r"E = mc^2 \tag*{A}",
        r"a \\ b",
        r"a &= b \\ &= c",
        r"\text{速度} = \frac{s}{t}",
        r"\text{a_b 50% & c}",
        "50%",
        r"50\%",
        r"\ce{2H2 + O2 -> 2H2O}",
        r"\ce{SO4^2-}",
        r"\ce{Fe^{3+} + e- <=> Fe^2+}",
        r"\ce{[Cu(NH3)4]^2+}",
        r"\substack{a \\ b}",
        r"\mbox{if } x",
        r"\textcolor{red}{x} + \color{blue} y",
        r"\label{eq:1} x \nonumber",
        r"\eqref{eq:1}",
        r"\begin{eqnarray} a &=& b \end{eqnarray}",
        r"\begin{alignat}{2} a &= b \\ c &= d \end{alignat}",
        r"\begin{split} a &= b \\ &= c \end{split}",
        r"\begin{equation} a = b \label{x} \tag{2} \end{equation}",
        r"\begin{align} a &= b \tag{1} \\ c &= d \tag{2} \end{align}",
        r"\begin{array}{c|c} a & b \\ \hline c & d \end{array}",
        r"\begin{cases} x & x > 0 \\ -x & \text{否则} \end{cases}",
        r"\begin{smallmatrix} a & b \end{smallmatrix}",
        r"\operatorname*{argmax}_\theta f",
        r"\mathbbm{1}_{x > 0}",
        r"\left\{ a \middle| b \right\}",
        r"\mathrel\middle|",
        r"x，y（z）",
        r"\big( \Big[ \bigg\{",
        r"\cancel{x} \bcancel{y}",
        r"\not= \neq",
        r"\xrightarrow[n \to \infty]{P}",
        r"\underbrace{a+b}_{n}",
        r"\vec{v} \hat{x} \overline{AB}",
        r"a \! b \; c \quad d",
        r"\large x",
        r"\smash{x}",
        r"a \le b < c > d",
        r"\dfrac12 \binom{n}{k}",
        r"f'(x) = y''",
        "\\mathbb{R}\n% a remark\n+ 1",
    ] {
        let html = to_html(&render(&format!("$$\n{tex}\n$$")));
        assert!(
            html.contains("<math display=\"block\">"),
            "{tex} gives {html}"
        );
        assert_safe(&render(&format!("$$\n{tex}\n$$")));
    }
    let html = to_html(&render("$$E \\tag{1}$$"));
    assert!(
        html.contains("</math><span class=\"math-tag\">(1)</span></span>"),
        "{html}"
    );
}

/// Texts with formulas; each is cut in every way.
const TEXTS: &[&str] = &[
    "a $x$ b \\(y\\) c $$z$$ d \\[w = 1\\] e\n\nnext $5 and $6\n",
    "para\n$$\n- a\n\n+ b\n$$\nmore\n\n- i $x$\n- \\[\n  = y\n  \\]\n- k\n",
    "$$\n\n$$\n\n\\[\n\\[\n\\]\n\\begin{align}\n\\begin{align}\n\\end{align}\n",
    "> $$\n> a\n> $$\n> b\n\n> \\[ c\nd\n\\]\n",
    "| $|a|$ | b |\n|---|---|\n| $c|d$ | $$\n| e | \\(f|g\\) |\n$$\nh\n\n$$\ni\n$$\n",
    "1. one\n\n   \\[\n   a\n   \\]\n\n2. two $x$\n   $$\n   b\n   $$\n\nend\n",
    "so $a\n\\le b$ c\nd $e\n- f$ g\n",
    "```\n$$\n```\n$$\na\n```\nb\n```\n",
    "$$\na = 1\n\nThis is a sentence of words.\n\n- b $c$\n",
    "\\begin{align}\na &= b \\\\\n\nc &= d\n\\end{align}\ntext\n",
    "# $a$\n$b$\n===\n$$ c\n---\n",
    "- $$ a\n- b\n\n  $$\n- c $$\n",
    "`a\n$x$\nb` $$\n\\text{`}\n$$\n",
    "<div>\n$$\na\n</div>\n\n$$\nb\n",
    "    $$\n    a\n\n$$\nb\n$$\n[a]: $x$\n[$y$]: https://a.example\n",
    "a $$\nb\n\nc $$\nd\n$$ e \\[\nf\n\\] g\n",
    "a $x$$y$ $z$$5 $k$$\n```math\nx\n```\nb\n\n- ```math\n  y\n  ```\n- c\n~~~math\n",
    "\\\\(x\\\\) \\\\[\ny\n\\\\]\n\\\\[ z = 1\n\n**解：**$x$**，** a\n\\\\]\n",
    "> ```math\n> a\n> ```\n> so \\begin{align}\n> b\n> \\end{align}\nc **a：**$b$\n",
    "a\\(\nb\\)c \\(d\n\ne\\) f\n",
];

#[test]
fn every_step_shows_the_text_so_far() {
    for text in TEXTS {
        stream_exactly(&characters(text));
        for pieces in cuts(text) {
            stream_exactly(&pieces);
        }
    }
    for pair in TEXTS.windows(2) {
        stream_exactly(&characters(&pair.concat()));
        stream_exactly(&characters(&pair.join("\n\n")));
    }
}

#[test]
fn a_formula_is_drawn_once_it_is_closed() {
    let mut renderer = Renderer::new();
    renderer.push("So\n\n$$\n\\frac{a}{b}\n");
    assert!(to_html(renderer.blocks()).contains("<code class=\"tex\">$$\n\\frac{a}{b}</code>"));
    let patch = renderer.push("$$\n");
    assert_eq!((patch.keep, patch.blocks.len()), (1, 1));
    assert!(patch.blocks[0].html.contains("<mfrac>"));
    let patch = renderer.push("\nAnd more");
    assert_eq!((patch.keep, patch.blocks.len()), (2, 1));
}

#[test]
fn long_and_deep_formulas_are_shown_as_their_source() {
    for tex in [
        "{".repeat(3_000) + &"}".repeat(3_000),
        r"\sqrt".repeat(1_000) + "x",
        r"\frac x".repeat(1_000),
        r"\left(".repeat(900),
        "x_{".repeat(2_000),
        r"\hat".repeat(1_500) + "x",
        r"\begin{matrix}".repeat(500),
        r"\text{".repeat(1_000) + "a",
        r"\boxed{".repeat(1_000) + &"}".repeat(1_000),
        r"\displaystyle".repeat(600),
        r"\text{$".repeat(1_000),
        "x".repeat(9_000),
        r"\ce{".repeat(500),
        "x^".repeat(3_000),
        r"\substack{".repeat(300) + &"}".repeat(300),
    ] {
        for text in [
            format!("$${tex}$$"),
            format!("$$\n{tex}\n$$\n"),
            format!("${tex}$"),
            format!("\\({tex}\\)"),
        ] {
            assert_safe(&render(&text));
        }
    }
    let nested = "{".repeat(60) + "x" + &"}".repeat(60);
    assert_eq!(formulas(&format!("${nested}$")), [nested]);
}
