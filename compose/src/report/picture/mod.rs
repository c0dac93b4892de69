//! The report as a picture: stages, wires, hardware and the borders between
//! them, as SVG.
//!
//! What runs the pipeline stands left, hardware right. Columns are made of
//! stages in the order in which they use each other; a wire that is longer than
//! from one column to the next passes the others between their boxes. So wires
//! cross no box, and labels stand where no wire turns.

mod boxes;
mod draw;
mod graph;
mod measure;
mod order;
mod place;
mod svg;
#[cfg(test)]
mod tests;

use super::Report;

impl Report {
    /// The picture of the pipeline, as a whole SVG document. It has light and
    /// dark colours, a description for those who cannot see it, and shows all
    /// names as they are: none of them can add anything to the document.
    pub fn to_svg(&self) -> String {
        draw::draw(self)
    }
}
