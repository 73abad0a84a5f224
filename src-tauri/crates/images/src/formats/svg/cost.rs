//! What it takes to draw a drawing, counted before it is drawn: whoever draws
//! cannot be stopped, and a few bytes may ask for any amount of work and memory.

use resvg::usvg::filter::{Filter, Kind};
use resvg::usvg::{Group, Image, Node, Paint, Path, Tree};

/// Work and memory in pixels that are touched or held; a pixel has four bytes.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Cost {
    /// Pixels touched, each counted as often as it takes that of a plain fill.
    pub(super) work: f64,
    /// Pixels held at once beside the picture itself.
    pub(super) held: f64,
}

impl Cost {
    /// One after the other.
    fn then(self, next: Self) -> Self {
        Self {
            work: self.work + next.work,
            held: self.held.max(next.held),
        }
    }

    /// While a layer of so many pixels is held, and laid over what is below.
    fn on_layer(self, area: f64) -> Self {
        Self {
            work: self.work + 4.0 * area,
            held: self.held + area,
        }
    }
}

/// The cost of drawing it `scale` times as large as it is.
pub(super) fn of(tree: &Tree, scale: f64) -> Cost {
    let size = tree.size();
    let area = f64::from(size.width()) * f64::from(size.height());
    Counter {
        area,
        scale: scale * scale,
    }
    .group(tree.root())
}

struct Counter {
    /// Of the whole drawing, in its own units.
    area: f64,
    /// From its own units to pixels, of areas.
    scale: f64,
}

impl Counter {
    /// Pixels of a part; none is drawn that is much larger than the whole.
    fn pixels(&self, width: f32, height: f32) -> f64 {
        let area = f64::from(width) * f64::from(height);
        // A layer may reach beyond the edges, up to twice each side.
        area.clamp(0.0, self.area * 4.0) * self.scale + 16.0
    }

    fn all(&self, group: &Group) -> Cost {
        let nodes = group.children().iter();
        nodes.fold(Cost::default(), |cost, node| cost.then(self.node(node)))
    }

    fn node(&self, node: &Node) -> Cost {
        match node {
            Node::Group(group) => self.group(group),
            Node::Path(path) => self.path(path),
            Node::Image(image) => self.image(image),
            Node::Text(text) => self.group(text.flattened()),
        }
    }

    fn group(&self, group: &Group) -> Cost {
        let inside = self.all(group);
        if !group.should_isolate() {
            return inside;
        }
        let bounds = group.abs_layer_bounding_box();
        let area = self.pixels(bounds.width(), bounds.height());
        let mut cost = inside.on_layer(area);
        for filter in group.filters() {
            cost = cost.then(self.filter(filter, area));
        }
        let mut mask = group.mask();
        while let Some(one) = mask {
            cost = cost.then(self.all(one.root()).on_layer(2.0 * area));
            mask = one.mask();
        }
        let mut clip = group.clip_path();
        while let Some(one) = clip {
            cost = cost.then(self.all(one.root()).on_layer(2.0 * area));
            clip = one.clip_path();
        }
        cost
    }

    /// Each step of a filter keeps what it made until the last.
    fn filter(&self, filter: &Filter, area: f64) -> Cost {
        let mut cost = Cost::default();
        for step in filter.primitives() {
            cost.work += area * times(step.kind());
            cost.held += 2.0 * area;
            if let Kind::Image(image) = step.kind() {
                cost = cost.then(self.all(image.root()));
            }
        }
        cost
    }

    fn path(&self, path: &Path) -> Cost {
        let bounds = path.abs_stroke_bounding_box();
        let area = self.pixels(bounds.width(), bounds.height());
        // Its outline, too, has to be followed.
        let mut cost = Cost {
            work: path.data().points().len() as f64 * 20.0,
            held: 0.0,
        };
        let fill = path.fill().map(|fill| fill.paint());
        let stroke = path.stroke().map(|stroke| stroke.paint());
        for paint in [fill, stroke].into_iter().flatten() {
            cost = cost.then(match paint {
                Paint::Color(_) => Cost {
                    work: area,
                    held: 0.0,
                },
                Paint::LinearGradient(_) | Paint::RadialGradient(_) => Cost {
                    work: 6.0 * area,
                    held: 0.0,
                },
                Paint::Pattern(pattern) => {
                    let tile = pattern.rect();
                    let tile = self.pixels(tile.width(), tile.height());
                    let inside = self.all(pattern.root()).on_layer(tile);
                    Cost {
                        work: inside.work + 8.0 * area,
                        ..inside
                    }
                }
            });
        }
        if let Some(dashes) = path.stroke().and_then(|stroke| stroke.dasharray()) {
            let round = f64::from(dashes.iter().sum::<f32>()).max(1e-3);
            let length = f64::from(bounds.width() + bounds.height()) * path.data().len() as f64;
            cost.work += (length / round * dashes.len() as f64 * 100.0).min(1e12);
        }
        cost
    }

    /// Decoded anew each time it is drawn.
    fn image(&self, image: &Image) -> Cost {
        let size = image.size();
        let own = f64::from(size.width()) * f64::from(size.height());
        let bounds = image.abs_bounding_box();
        Cost {
            work: 12.0 * own + 10.0 * self.pixels(bounds.width(), bounds.height()),
            held: 2.0 * own,
        }
    }
}

/// How many times the work of a plain fill a step of a filter is.
fn times(kind: &Kind) -> f64 {
    match kind {
        Kind::Flood(_) | Kind::Offset(_) => 4.0,
        Kind::Blend(_) | Kind::Composite(_) | Kind::Tile(_) | Kind::Image(_) => 12.0,
        Kind::Merge(merge) => 8.0 * merge.inputs().len() as f64,
        Kind::ColorMatrix(_) | Kind::ComponentTransfer(_) | Kind::DisplacementMap(_) => 20.0,
        Kind::GaussianBlur(_) | Kind::DropShadow(_) => 60.0,
        Kind::DiffuseLighting(_) | Kind::SpecularLighting(_) => 60.0,
        Kind::ConvolveMatrix(convolve) => 8.0 * convolve.matrix().data().len() as f64,
        Kind::Morphology(morphology) => {
            let side = |radius: f32| f64::from(radius).max(0.0) * 2.0 + 1.0;
            20.0 + 2.0 * side(morphology.radius_x().get()) * side(morphology.radius_y().get())
        }
        Kind::Turbulence(turbulence) => 150.0 * f64::from(turbulence.num_octaves().max(1)),
    }
}
