"""Pillow's own test images: laid out flat, and held against what we made of them.

    pillow.py lay SDIST FOLDER
    pillow.py judge FOLDER LINES OUT

`lay` unpacks those of the kinds that Dragoman takes into FOLDER. `judge` needs Pillow: it
reads each file of FOLDER, the answer about it in LINES (a line of JSON each) and the PNG
that was made of it in OUT.
"""

import io
import json
import pathlib
import sys
import tarfile
import warnings

RULE = """\
The rule: each image of Pillow's tests whose name ends like a kind that Dragoman takes
(734 in Pillow 13.0.0; kinds that it names and does not take are left out, as are PDF and
MPO) is read by dragoman-draw at its full size, and by Pillow. It is right where
  - both read it: the same size upright (EXIF), and the same pixels within what two
    decoders of one format may differ in; profiles and PNG's gamma count, and transparency
    as it looks on the ground that it was laid on.
    Where a file holds pictures of several sizes, the one that was taken may be any of
    Pillow's frames. Samples of 32 bits and floats, whose range no file names, are compared
    by how they rise and fall;
  - Pillow refuses it and so do we;
  - we read it, and it is one of a few where there is a reason not to follow Pillow, which
    mostly refuses them; they are printed with the reason.
All else is not, also what is only named as a kind or a coding that is not read."""

ENDINGS = {
    "png", "apng", "tif", "tiff", "bmp", "dib", "jpg", "jpeg", "gif", "avif", "avifs",
    "webp", "ico", "cur", "heic", "heif",
}

# Mean and share of pixels (by their worst channel) that may be off, of 255.
MEAN, FAR, SHARE = 3.0, 32, 0.01

# What ours lay transparency on: `images/src/ground.rs`.
GROUNDS = (255, 24, 128)

# What must be right, in percent.
GOAL = 98.0

# Where Pillow is not followed, and why.
OTHERWISE = {
    "apng__chunk_no_fctl.png": "its animation is wrong, its still picture is whole",
    "avif__hopper.heif": "HEIC, which Pillow has no decoder for",
    "bmp__g__rgb32bf.bmp": "good by bmpsuite: masks in an unusual order",
    "bmp__q__pal2.bmp": "two bits a pixel, which Windows CE writes",
    "bmp__q__pal8os2v2-16.bmp": "good by OS/2's own rules, which let a head be shorter",
    "bmp__q__pal8oversizepal.bmp": "300 colours, of which 256 can be named",
    "bmp__q__rgb16-231.bmp": "masks that Pillow does not know",
    "bmp__q__rgb32-111110.bmp": "masks that Pillow does not know",
    "bmp__q__rgba16-4444.bmp": "masks that Pillow does not know",
    "bmp__q__rgba32abf.bmp": "masks with alpha, as Windows CE writes them",
    "hopper_unknown_pixel_mode.tif": "32 bits a sample, three samples",
    "hopper_webp.tif": "WebP in TIFF, which the wheel's libtiff is built without",
    "png_decompression_dos.png": "too much text, which is not read",
    "rgb32bf-abgr.bmp": "its alpha is nothing everywhere: opaque, as Windows and Chrome show it",
    "tiff_tiled_jpeg_oob_read.tif": "whole, but for the type of one tag",
    "truncated_end_chunk.png": "all pixels are there, the mark of the end is cut",
    "unknown_compression_method.png": "a profile that cannot be unpacked, whole pixels",
}


def lay(sdist, folder):
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    with tarfile.open(sdist) as packed:
        for member in packed:
            _, _, path = member.name.partition("/Tests/images/")
            if member.isfile() and path and path.rsplit(".", 1)[-1].lower() in ENDINGS:
                (folder / path.replace("/", "__")).write_bytes(packed.extractfile(member).read())


def icc(image, profile, mode):
    from PIL import ImageCms

    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        target = ImageCms.createProfile("sRGB")
        intent = ImageCms.Intent.RELATIVE_COLORIMETRIC
        return ImageCms.profileToProfile(image, source, target, intent, outputMode=mode)
    except (ImageCms.PyCMSError, OSError, ValueError):
        return None


def in_srgb(image):
    """RGBA as a colour-managed reader has it."""
    from PIL import Image, ImageChops

    profile, gamma = image.info.get("icc_profile"), image.info.get("gamma")
    if image.mode.startswith("I;16"):
        image = Image.frombytes(
            "L", image.size, bytes(min(255, round(v / 257)) for v in sixteen(image))
        )
    if image.mode == "LAB":
        return from_lab(image).convert("RGBA")
    # As the browsers have it: no light but through the paper.
    if image.mode == "CMYK":
        through = icc(image, profile, "RGB") if profile else None
        return (through or image.convert("RGB")).convert("RGBA")
    if image.mode == "YCbCr":
        return image.convert("RGB").convert("RGBA")
    rgba = image.convert("RGBA")
    grey = image.mode in ("1", "L", "LA", "La", "I;16")
    if profile:
        turned = None
        if grey:
            turned = icc(rgba.convert("L"), profile, "RGB")
        turned = turned or icc(rgba.convert("RGB"), profile, "RGB")
        if turned:
            turned.putalpha(rgba.getchannel("A"))
            return turned
    if gamma and image.format == "PNG" and "srgb" not in image.info and abs(1 / gamma - 2.2) > 0.02:
        light = [(v / 255) ** (1 / gamma) for v in range(256)]
        curve = [
            round(255 * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055))
            for v in light
        ]
        alpha = rgba.getchannel("A")
        rgba = rgba.convert("RGB").point(curve * 3)
        rgba.putalpha(alpha)
    return rgba


def from_lab(image):
    from PIL import ImageCms

    profiles = ImageCms.createProfile("LAB", 5000), ImageCms.createProfile("sRGB")
    return ImageCms.applyTransform(image, ImageCms.buildTransform(*profiles, "LAB", "RGB"))


def sixteen(image):
    raw = image.tobytes()
    order = "big" if image.mode.endswith("B") else "little"
    return (int.from_bytes(raw[n : n + 2], order) for n in range(0, len(raw), 2))


def stretched(image):
    """Grey of any range, its own least black and its most white."""
    low, high = image.getextrema()
    if isinstance(low, tuple):
        return image.convert("L")
    span = (high - low) or 1
    image = image.convert("F").point(lambda v: v * (255 / span) + (-low * 255 / span + 0.5))
    return image.convert("L")


def off(ours, theirs, flattened):
    """Mean and share that are off: on the worse of two grounds, or, where ours was laid
    on one, on that which it was laid on."""
    each = [off_on(ground, ours, theirs) for ground in (GROUNDS if flattened else (255, 0))]
    return min(each) if flattened else max(each)


def off_on(ground, ours, theirs):
    """The same, on this grey."""
    from PIL import Image, ImageChops

    laid = []
    for image in (ours, theirs):
        under = Image.new("RGBA", image.size, (ground, ground, ground))
        laid.append(Image.alpha_composite(under, image).convert("RGB"))
    bands = ImageChops.difference(*laid).split()
    most = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    counts = most.histogram()
    pixels = sum(counts)
    mean = sum(v * n for v, n in enumerate(counts)) / pixels
    return mean, sum(counts[FAR:]) / pixels


def frames(image):
    from PIL import ImageOps

    for number in range(getattr(image, "n_frames", 1)):
        try:
            image.seek(number)
            yield ImageOps.exif_transpose(image)
        except Exception:
            return
        if number > 20:
            return


def verdict(path, line, made):
    """None where it is right, else why it is not."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            image.load()
            theirs = ImageOps.exif_transpose(image)
            theirs.format = image.format
            refused = None
    except Exception as error:
        theirs, refused = None, f"{type(error).__name__}: {error}"
    if not line["accepted"]:
        if refused:
            return None
        return f"refused: {line['message']} Pillow reads {theirs.format} {theirs.mode} {theirs.size}"
    if refused:
        return f"read, and Pillow refuses it: {refused}"
    ours = Image.open(made)
    ours = in_srgb(ours)
    if ours.size != theirs.size:
        with Image.open(path) as image:
            same = [frame for frame in frames(image) if frame.size == ours.size]
        if not same:
            return f"size {ours.size}, Pillow's {theirs.size}"
        theirs = same[0]
    if theirs.mode in ("I", "F"):
        theirs, ours = (stretched(image).convert("RGBA") for image in (theirs, ours.convert("L")))
    else:
        theirs = in_srgb(theirs)
    mean, share = off(ours, theirs, "flattened" in line["done"])
    if mean > MEAN or share > SHARE:
        return f"pixels: off by {mean:.1f} of 255, {100 * share:.1f} % of them by more than {FAR}"
    return None


def judge(folder, lines, out):
    import PIL

    warnings.simplefilter("ignore")
    lines = [json.loads(line) for line in open(lines, encoding="utf-8")]
    print(RULE, end="\n\n")
    wrong, otherwise = 0, []
    for line in lines:
        name = line["file"]
        path = name.replace("__", "/")
        why = verdict(pathlib.Path(folder) / name, line, pathlib.Path(out) / f"{name}.png")
        if why and line["accepted"] and name in OTHERWISE:
            otherwise.append(f"{path}: {OTHERWISE[name]}")
        elif why:
            wrong += 1
            print(f"{path}\n    {why}")
    print("\nRead otherwise than by Pillow, and counted as right:")
    print("\n".join(otherwise))
    right = len(lines) - wrong
    share = 100 * right / max(len(lines), 1)
    print(
        f"\nPillow {PIL.__version__}: {right} of {len(lines)} are right, {share:.1f} %"
        f" ({len(otherwise)} of them otherwise than Pillow)"
    )
    sys.exit(0 if lines and share >= GOAL else 1)

if __name__ == "__main__":
    {"lay": lay, "judge": judge}[sys.argv[1]](*sys.argv[2:])
