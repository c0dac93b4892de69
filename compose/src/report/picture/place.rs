//! Where everything goes.

use super::boxes;
use super::graph::{Edge, Graph, LABEL, LABEL_LINE, NodeKind};

/// Between two boxes of a column, and around a wire that passes one.
const GAP: f64 = 26.0;
const BEND_GAP: f64 = 16.0;
/// In which wires turn from one height to another.
const TURN: f64 = 52.0;
/// Around a label.
const LABEL_PAD: f64 = 10.0;
/// How often heights are evened out.
const ROUNDS: usize = 30;

/// Where everything is.
#[derive(Debug)]
pub(super) struct Places {
    pub(super) columns: Vec<Column>,
    /// The upper edge of each box.
    pub(super) top: Vec<f64>,
    /// Where each wire starts and ends.
    pub(super) ports: Vec<(f64, f64)>,
    pub(super) height: f64,
}

/// A column of boxes, and the labels to its right.
#[derive(Clone, Copy, Debug)]
pub(super) struct Column {
    pub(super) left: f64,
    pub(super) width: f64,
    /// The room for labels.
    pub(super) strip: f64,
}

impl Column {
    pub(super) fn right(&self) -> f64 {
        self.left + self.width
    }

    /// Where wires begin to turn.
    pub(super) fn turn(&self) -> f64 {
        self.right() + self.strip
    }
}

/// `inside` is what lies between the column before the pipeline's border and the
/// first inside of it, `outside` between the last inside and hardware.
pub(super) fn places(graph: &mut Graph, order: &[Vec<usize>], inside: f64, outside: f64) -> Places {
    let offsets = ports(graph, order);
    let mut columns = Vec::new();
    let mut left = 0.0;
    for (layer, column) in order.iter().enumerate() {
        let widest = column.iter().map(|index| graph.nodes[*index].width).fold(0.0, f64::max);
        let labels = graph.edges.iter().filter(|edge| graph.nodes[edge.from].layer == layer);
        let label = labels.flat_map(|edge| &edge.label).map(|text| LABEL.width(text));
        let label = label.fold(0.0, f64::max);
        let strip = if label > 0.0 { label + 2.0 * LABEL_PAD } else { 0.0 };
        let hardware = order.get(layer + 1).is_some_and(|next| {
            next.iter().any(|index| graph.nodes[*index].kind == NodeKind::Hardware)
        });
        columns.push(Column { left, width: widest, strip });
        let border = if layer == 0 { inside } else { 0.0 } + if hardware { outside } else { 0.0 };
        let turn = if layer == 0 { 0.0 } else { TURN };
        left += widest + strip + turn + border;
    }
    let mut top = heights(graph, order, &offsets);
    let least = top.iter().copied().fold(f64::INFINITY, f64::min);
    top.iter_mut().for_each(|top| *top -= least);
    let bottoms = top.iter().zip(&graph.nodes).map(|(top, node)| top + node.height);
    let height = bottoms.fold(0.0, f64::max);
    let ends = graph.edges.iter().zip(&offsets);
    let ports = ends.map(|(edge, (from, to))| (top[edge.from] + from, top[edge.to] + to)).collect();
    Places { columns, top, ports, height }
}

/// Where on its boxes each wire starts and ends, below their upper edges. Boxes
/// grow where they are too low for their wires.
fn ports(graph: &mut Graph, order: &[Vec<usize>]) -> Vec<(f64, f64)> {
    let mut place = vec![0; graph.nodes.len()];
    for column in order {
        column.iter().enumerate().for_each(|(index, node)| place[*node] = index);
    }
    let mut ports = vec![(0.0, 0.0); graph.edges.len()];
    let of = |edges: &[Edge], index: usize, outgoing: bool| {
        let ends = |edge: &Edge| if outgoing { edge.from == index } else { edge.to == index };
        let all = edges.iter().enumerate().filter(|(_, edge)| ends(edge));
        let mut all: Vec<usize> = all.map(|(number, _)| number).collect();
        let far = |edge: &Edge| if outgoing { edge.to } else { edge.from };
        all.sort_by_key(|number| (place[far(&edges[*number])], edges[*number].row, *number));
        all
    };
    for index in 0..graph.nodes.len() {
        let outgoing = of(&graph.edges, index, true);
        let incoming = of(&graph.edges, index, false);
        let node = &mut graph.nodes[index];
        if node.kind == NodeKind::Bend {
            let middle = node.height / 2.0;
            outgoing.iter().for_each(|number| ports[*number].0 = middle);
            incoming.iter().for_each(|number| ports[*number].1 = middle);
            continue;
        }
        // Above each wire stands its label.
        let room = |number: &usize| 8.0 + LABEL_LINE * graph.edges[*number].label.len() as f64;
        let needed: f64 = outgoing.iter().map(room).sum();
        let entries = 14.0 * (incoming.len() + 1) as f64;
        if node.kind != NodeKind::Hardware {
            node.height = node.height.max(needed + 12.0).max(entries);
        }
        let mut at = (node.height - needed) / 2.0;
        for number in &outgoing {
            at += room(number);
            ports[*number].0 = at - 6.0;
        }
        let [only] = outgoing.as_slice() else {
            enter(graph, index, &incoming, &mut ports);
            continue;
        };
        // One wire alone looks best in the middle, if its label has room.
        if graph.edges[*only].label.len() <= 1 {
            ports[*only].0 = graph.nodes[index].height / 2.0;
        }
        enter(graph, index, &incoming, &mut ports);
    }
    ports
}

/// Wires end evenly along a box, or at their row of it.
fn enter(graph: &Graph, index: usize, incoming: &[usize], ports: &mut [(f64, f64)]) {
    let node = &graph.nodes[index];
    for (place, number) in incoming.iter().enumerate() {
        ports[*number].1 = match graph.edges[*number].row {
            Some(row) => {
                let before = node.rows[..row].iter().map(|r| boxes::row_height(r) + boxes::ROW_GAP);
                boxes::head(node) + before.sum::<f64>() + boxes::row_height(&node.rows[row]) / 2.0
            }
            None => node.height * (place + 1) as f64 / (incoming.len() + 1) as f64,
        };
    }
}

/// The upper edges: near to what they are wired with, in the order of their
/// column, and never over each other.
fn heights(graph: &Graph, order: &[Vec<usize>], offsets: &[(f64, f64)]) -> Vec<f64> {
    let mut top = vec![0.0; graph.nodes.len()];
    for column in order {
        let mut at = 0.0;
        for index in column {
            top[*index] = at;
            at += graph.nodes[*index].height + GAP;
        }
        let middle = at / 2.0;
        column.iter().for_each(|index| top[*index] -= middle);
    }
    for round in 0..ROUNDS {
        let forward = round % 2 == 0;
        let layers: Vec<usize> =
            if forward { (0..order.len()).collect() } else { (0..order.len()).rev().collect() };
        for layer in layers {
            settle(graph, &order[layer], offsets, &mut top);
        }
    }
    top
}

/// Moves the boxes of a column to where their wires are straight, on average.
fn settle(graph: &Graph, column: &[usize], offsets: &[(f64, f64)], top: &mut [f64]) {
    let wanted = column.iter().map(|index| {
        let (mut sum, mut weight) = (0.0, 0.0);
        for (edge, (from, to)) in graph.edges.iter().zip(offsets) {
            let far = if edge.from == *index { edge.to } else { edge.from };
            let bend = |node: usize| graph.nodes[node].kind == NodeKind::Bend;
            // A long wire is straight before all others.
            let pull = if bend(*index) && bend(far) { 8.0 } else { 1.0 };
            if edge.from == *index {
                sum += pull * (top[edge.to] + to - from);
                weight += pull;
            } else if edge.to == *index {
                sum += pull * (top[edge.from] + from - to);
                weight += pull;
            }
        }
        if weight > 0.0 { (sum / weight, weight) } else { (top[*index], 0.1) }
    });
    let wanted: Vec<(f64, f64)> = wanted.collect();
    // How far below the first box each one is at least.
    let mut below = vec![0.0];
    for pair in column.windows(2) {
        let bend = |index: usize| graph.nodes[index].kind == NodeKind::Bend;
        let gap = if bend(pair[0]) || bend(pair[1]) { BEND_GAP } else { GAP };
        let last = below.last().copied().unwrap_or(0.0);
        below.push(last + graph.nodes[pair[0]].height + gap);
    }
    let shifted = wanted.iter().zip(&below).map(|((at, weight), below)| (at - below, *weight));
    let even = not_falling(&shifted.collect::<Vec<_>>());
    for ((index, at), below) in column.iter().zip(even).zip(&below) {
        top[*index] = at + below;
    }
}

/// The numbers nearest to these (least squares, by weight) of which none is
/// smaller than the one before: pool adjacent violators.
fn not_falling(wanted: &[(f64, f64)]) -> Vec<f64> {
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (value, weight) in wanted {
        pools.push((*value, *weight, 1));
        while let [.., (before, heavy, many), (value, weight, count)] = pools.as_slice()
            && before > value
        {
            let all = heavy + weight;
            let pool = ((before * heavy + value * weight) / all, all, many + count);
            pools.truncate(pools.len() - 2);
            pools.push(pool);
        }
    }
    pools.into_iter().flat_map(|(value, _, count)| vec![value; count]).collect()
}

#[cfg(test)]
mod tests {
    use super::not_falling;

    #[test]
    fn numbers_that_fall_become_their_mean() {
        let even =
            |numbers: &[f64]| not_falling(&numbers.iter().map(|n| (*n, 1.0)).collect::<Vec<_>>());
        assert_eq!(even(&[1.0, 2.0, 2.0, 5.0]), [1.0, 2.0, 2.0, 5.0]);
        assert_eq!(even(&[3.0, 1.0, 5.0]), [2.0, 2.0, 5.0]);
        assert_eq!(even(&[6.0, 3.0, 0.0]), [3.0, 3.0, 3.0]);
        assert_eq!(not_falling(&[(4.0, 3.0), (0.0, 1.0)]), [3.0, 3.0]);
        assert!(even(&[]).is_empty());
    }
}
