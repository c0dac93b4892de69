use periplasm_usb::usbip::wire::{
    Command, Operation, ReplyHead, Submit, read_import, read_list, write_import, write_list,
};

/// Messages of USB/IP, read from the bytes as either side does. What could be
/// read is written and read again: it is the same.
pub fn usbip(bytes: &[u8]) {
    if let Ok(operation) = Operation::read(&mut &*bytes) {
        let mut written = Vec::new();
        operation.write(&mut written).expect("a vector takes all");
        assert_eq!(Operation::read(&mut &*written).ok(), Some(operation));
    }
    if let Ok(answer) = read_list(&mut &*bytes) {
        let Ok(devices) = &answer else { return };
        let mut written = Vec::new();
        write_list(devices, &mut written).expect("a vector takes all");
        assert_eq!(read_list(&mut &*written).ok(), Some(answer));
    }
    if let Ok(answer) = read_import(&mut &*bytes) {
        let mut written = Vec::new();
        let as_ref = answer.as_ref().map_err(|status| *status);
        write_import(as_ref, &mut written).expect("a vector takes all");
        assert_eq!(read_import(&mut &*written).ok(), Some(answer));
    }
    let mut commands = bytes;
    while let Ok(command) = Command::read(&mut commands) {
        let mut written = Vec::new();
        command.write(&mut written).expect("a vector takes all");
        assert_eq!(Command::read(&mut &*written).ok(), Some(command.clone()));
        if let Command::Submit(submit) = command {
            reply(&submit, commands);
        }
    }
}

/// An answer to what was asked, from a server that may lie.
fn reply(asked: &Submit, mut bytes: &[u8]) {
    let Some((head, _)) = bytes.split_first_chunk() else { return };
    let Ok(head) = ReplyHead::parse(head) else { return };
    bytes = &bytes[ReplyHead::LEN..];
    let Ok(reply) = head.read_body(asked, &mut bytes, Vec::new()) else { return };
    let mut written = Vec::new();
    reply.write(&mut written).expect("a vector takes all");
    let (again, mut body) = written.split_first_chunk().expect("a head");
    let again = ReplyHead::parse(again).expect("what was written");
    assert_eq!(again.read_body(asked, &mut body, Vec::new()).ok(), Some(reply));
}
