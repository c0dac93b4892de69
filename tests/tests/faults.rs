//! A driver that goes wrong in every way ends as a clear error, and the host
//! goes on with the next pipeline.

use periplasm_host::{Cause, RunError};
use periplasm_tests::{BusFault, DeviceError, Rig};

/// The faulty driver, told to go wrong in the way `fault` (see its source).
fn faulty(fault: u8) -> Rig {
    let board = format!(
        "backend = \"sim\"\n\
         [limits]\nmemory-mib = 4\nstall-ms = 300\n\
         [i2c.control]\nallow = [0x50]\n\
         [[i2c.control.devices]]\nmodel = \"registers\"\naddress = 0x50\ncontents = [{fault}]\n\
         [[i2c.control.devices]]\nmodel = \"registers\"\naddress = 0x51\ncontents = [7]\n"
    );
    Rig::driver("tests/guests/faulty", "bus = { i2c = \"control\", address = 0x50 }", &board)
}

/// Runs into the fault, then checks that what follows is as if it had not been.
#[track_caller]
fn end(fault: u8) -> RunError {
    let mut rig = faulty(fault);
    let error = rig.temperature().unwrap_err();
    assert_eq!(error.stage.as_deref(), Some("device"), "{error}");
    let again = rig.temperature().unwrap_err();
    assert_eq!(again.cause, Cause::Ended);
    assert_eq!(faulty(0).temperature().unwrap(), Ok(20_000), "the next pipeline");
    error
}

#[test]
fn a_panic_arrives_with_its_text_and_place() {
    let Cause::Panic { message, location } = end(1).cause else { panic!("no panic") };
    assert_eq!(message, "the shutter is stuck at 42 degrees");
    let location = location.unwrap();
    assert!(location.contains("tests/guests/faulty/src/lib.rs:"), "{location}");
}

#[test]
fn an_index_out_of_bounds_is_a_panic_with_its_text() {
    let Cause::Panic { message, .. } = end(11).cause else { panic!("no panic") };
    assert_eq!(message, "index out of bounds: the len is 3 but the index is 7");
}

#[test]
fn an_endless_loop_is_a_stall() {
    assert!(matches!(end(2).cause, Cause::Stalled { .. }));
}

#[test]
fn endless_recursion_overflows_the_stack_and_nothing_else() {
    let cause = end(3).cause;
    assert!(matches!(cause, Cause::StackOverflow | Cause::OutOfBounds), "{cause:?}");
}

#[test]
fn eating_memory_ends_at_the_limit_of_the_board() {
    let Cause::OutOfMemory { asked, limit, .. } = end(4).cause else { panic!("not memory") };
    assert_eq!(limit, 4 << 20);
    assert!(asked > limit);
}

#[test]
fn asking_for_all_memory_there_is_ends_at_the_limit_too() {
    let Cause::OutOfMemory { asked, limit, .. } = end(5).cause else { panic!("not memory") };
    assert!(asked >= 1 << 31 && limit == 4 << 20);
}

#[test]
fn a_length_beyond_all_bounds_is_an_error_in_the_driver() {
    assert_eq!(faulty(6).temperature().unwrap(), Err(DeviceError::Bus(BusFault::Other)));
}

#[test]
fn too_many_operations_are_an_error_in_the_driver() {
    assert_eq!(faulty(7).temperature().unwrap(), Err(DeviceError::Bus(BusFault::Other)));
}

#[test]
fn a_flood_of_messages_is_cut_and_the_driver_goes_on() {
    let mut rig = faulty(8);
    assert_eq!(rig.temperature().unwrap(), Ok(20_000));
    assert_eq!(rig.temperature().unwrap(), Ok(20_000));
}

#[test]
fn a_chip_that_was_not_granted_does_not_exist() {
    // There is one at 0x51, and the board does not allow it.
    assert_eq!(faulty(9).temperature().unwrap(), Err(DeviceError::Bus(BusFault::NoAcknowledge)));
}

#[test]
fn an_error_of_the_driver_is_an_answer_and_not_the_end() {
    let mut rig = faulty(10);
    assert_eq!(rig.temperature().unwrap(), Err(DeviceError::InvalidData));
    assert_eq!(rig.temperature().unwrap(), Err(DeviceError::InvalidData));
}
