//! Which box of a column comes before which, so that few wires cross.

use super::graph::Graph;

/// How often the columns are gone through. Small pictures settle after two or
/// three; more changes nothing.
const ROUNDS: usize = 12;

/// More wires than this are not worth the time that swapping takes: nobody
/// follows one of them by eye.
const MOST_SWAPPED: usize = 120;

/// The columns, each with its boxes from top to bottom.
pub(super) fn columns(graph: &Graph) -> Vec<Vec<usize>> {
    let layers = graph.nodes.iter().map(|node| node.layer + 1).max().unwrap_or_default();
    let mut first: Vec<Vec<usize>> = vec![Vec::new(); layers];
    for index in walk(graph) {
        first[graph.nodes[index].layer].push(index);
    }
    let mut best = (crossings(graph, &first), first.clone());
    // Where it ends depends on where it begins: once from the left, once from
    // the right.
    for begin in 0..2 {
        let mut columns = first.clone();
        for round in begin..begin + ROUNDS {
            if best.0 == 0 {
                return best.1;
            }
            sweep(graph, &mut columns, round % 2 == 0);
            let mut count = crossings(graph, &columns);
            if graph.edges.len() <= MOST_SWAPPED {
                count = swap(graph, &mut columns, count);
            }
            if count < best.0 {
                best = (count, columns.clone());
            }
        }
    }
    best.1
}

/// Swaps neighbours as long as that saves a crossing.
fn swap(graph: &Graph, columns: &mut [Vec<usize>], mut count: usize) -> usize {
    let mut better = true;
    while better && count > 0 {
        better = false;
        for layer in 0..columns.len() {
            for place in 1..columns[layer].len() {
                columns[layer].swap(place - 1, place);
                let now = crossings(graph, columns);
                if now < count {
                    (count, better) = (now, true);
                } else {
                    columns[layer].swap(place - 1, place);
                }
            }
        }
    }
    count
}

/// All boxes, each soon after one that leads to it.
fn walk(graph: &Graph) -> Vec<usize> {
    let mut seen = vec![false; graph.nodes.len()];
    let mut order = Vec::new();
    let mut roots: Vec<usize> = (0..graph.nodes.len()).collect();
    roots.sort_by_key(|index| graph.nodes[*index].layer);
    for root in roots {
        let mut stack = vec![root];
        while let Some(index) = stack.pop() {
            if std::mem::replace(&mut seen[index], true) {
                continue;
            }
            order.push(index);
            let next = graph.edges.iter().filter(|edge| edge.from == index);
            let next: Vec<usize> = next.map(|edge| edge.to).collect();
            stack.extend(next.into_iter().rev());
        }
    }
    order
}

/// Sorts each column by where its neighbours in the column before, or after,
/// are.
fn sweep(graph: &Graph, columns: &mut [Vec<usize>], forward: bool) {
    let layers: Vec<usize> = match forward {
        true => (1..columns.len()).collect(),
        false => (0..columns.len().saturating_sub(1)).rev().collect(),
    };
    for layer in layers {
        let fixed = if forward { layer - 1 } else { layer + 1 };
        let places = places(graph, &columns[fixed]);
        let mut keyed: Vec<(f64, usize)> = Vec::new();
        for (own, index) in columns[layer].iter().enumerate() {
            let neighbours: Vec<usize> = graph
                .edges
                .iter()
                .filter_map(|edge| match forward {
                    true => (edge.to == *index).then_some(places[edge.from]).flatten(),
                    false => (edge.from == *index).then_some(places[edge.to]).flatten(),
                })
                .collect();
            let sum: usize = neighbours.iter().sum();
            let centre = match neighbours.len() {
                0 => own as f64,
                count => sum as f64 / count as f64,
            };
            keyed.push((centre, *index));
        }
        keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
        columns[layer] = keyed.into_iter().map(|(_, index)| index).collect();
    }
}

/// The place of each box that is in this column.
fn places(graph: &Graph, column: &[usize]) -> Vec<Option<usize>> {
    let mut places = vec![None; graph.nodes.len()];
    column.iter().enumerate().for_each(|(place, index)| places[*index] = Some(place));
    places
}

/// How many pairs of wires between the same columns cross.
pub(super) fn crossings(graph: &Graph, columns: &[Vec<usize>]) -> usize {
    let mut place = vec![0; graph.nodes.len()];
    for column in columns {
        column.iter().enumerate().for_each(|(index, node)| place[*node] = index);
    }
    let mut count = 0;
    for (index, one) in graph.edges.iter().enumerate() {
        for other in &graph.edges[index + 1..] {
            if graph.nodes[one.from].layer != graph.nodes[other.from].layer {
                continue;
            }
            let before = place[one.from].cmp(&place[other.from]);
            let after = (place[one.to], one.row).cmp(&(place[other.to], other.row));
            count += usize::from(before.is_ne() && after.is_ne() && before != after);
        }
    }
    count
}
