//! Whether one filter permits all that another one does.

use crate::{ControlScope, UsbFilter};

impl UsbFilter {
    /// Whether everything that `other` permits, on whatever device, is permitted
    /// by this filter alone.
    ///
    /// ```
    /// use periplasm_request::UsbFilter;
    /// let any = UsbFilter::default();
    /// let one = UsbFilter { vendor: Some(0x16c0), ..UsbFilter::default() };
    /// assert!(any.covers(&one) && !one.covers(&any));
    /// ```
    pub fn covers(&self, other: &Self) -> bool {
        fits(&self.vendor, &other.vendor)
            && fits(&self.product, &other.product)
            && fits(&self.serial, &other.serial)
            && fits(&self.ports, &other.ports)
            && holds(self.interfaces.as_deref(), other.interfaces.as_deref())
            && holds(self.endpoints.as_deref(), other.endpoints.as_deref())
            && other
                .control
                .iter()
                .all(|asked| self.control.iter().any(|scope| scope.includes(*asked)))
            && other.may.iter().all(|privilege| self.may.contains(privilege))
    }
}

impl ControlScope {
    /// Whether all requests of `other` are of this scope.
    fn includes(self, other: Self) -> bool {
        self.kind == other.kind && (self.recipient.is_none() || self.recipient == other.recipient)
    }
}

/// A mark that a device must have, which `None` does not ask for.
fn fits<T: PartialEq>(one: &Option<T>, other: &Option<T>) -> bool {
    one.is_none() || one == other
}

/// Numbers that are permitted; `None` permits all.
fn holds(one: Option<&[u8]>, other: Option<&[u8]>) -> bool {
    match (one, other) {
        (None, _) => true,
        (Some(_), None) => false,
        (Some(one), Some(other)) => other.iter().all(|number| one.contains(number)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{UsbIdentity, UsbPrivilege};

    /// Filters in which each key is left out, or has one of two values.
    fn filters() -> Vec<UsbFilter> {
        let scopes: [&[&str]; 4] =
            [&[], &["class"], &["class-device"], &["class-device", "vendor"]];
        let numbers = [None, Some(vec![]), Some(vec![1]), Some(vec![1, 2])];
        let mut all = Vec::new();
        for vendor in [None, Some(1), Some(2)] {
            for interfaces in &numbers {
                for control in scopes {
                    for may in [vec![], vec![UsbPrivilege::Reset]] {
                        all.push(UsbFilter {
                            vendor,
                            interfaces: interfaces.clone(),
                            control: control.iter().map(|scope| scope.parse().unwrap()).collect(),
                            may,
                            ..UsbFilter::default()
                        });
                    }
                }
            }
        }
        all
    }

    /// What a filter permits, operation by operation, on two devices.
    fn permitted(filter: &UsbFilter) -> Vec<bool> {
        let mut all = Vec::new();
        for vendor in [1, 2] {
            let device = UsbIdentity { vendor, product: 0, serial: None, ports: &[] };
            let matches = filter.matches(&device);
            all.push(matches);
            all.extend((0..4).map(|number| matches && filter.permits_interface(number)));
            // bmRequestType (table 9-2): class and vendor, each to all recipients.
            let requests = (0x20..0x24).chain(0x40..0x44);
            all.extend(requests.map(|request| matches && filter.permits_control(request)));
            all.push(matches && filter.permits(UsbPrivilege::Reset));
        }
        all
    }

    #[test]
    fn a_filter_covers_another_when_it_permits_every_operation_of_it() {
        let all: Vec<_> = filters().into_iter().map(|one| (permitted(&one), one)).collect();
        let mut covered = 0;
        for (operations, one) in &all {
            for (others, other) in &all {
                let every = operations.iter().zip(others).all(|(may, asked)| *may || !*asked);
                assert_eq!(one.covers(other), every, "{one:?}\n{other:?}");
                covered += usize::from(every);
            }
        }
        assert!(covered > all.len(), "only by themselves");
    }
}
