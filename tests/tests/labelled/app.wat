;; An app with two thermometers: the same device interface imported twice,
;; under labels. It is written by hand because the linker of Rust 1.95 cannot
;; read such an import.
;;
;; Its `run` succeeds if both rooms answer. `inside` and `outside` give what
;; they answer, in milli-°C, so that a test sees which one is which.
(component $rooms
  (import "periplasm:device/types@0.1.0" (instance $types
    (type $fault' (enum "bus" "arbitration-loss" "no-acknowledge" "overrun" "other"))
    (export "bus-fault" (type $fault (eq $fault')))
    (type $error' (variant (case "bus" $fault) (case "invalid-data") (case "not-ready") (case "gone")))
    (export "error" (type $error (eq $error')))))
  (alias export $types "error" (type $error))
  (import "inside" (implements "periplasm:device/thermometer@0.1.0") (instance $inside
    (alias outer 1 $error (type $e)) (export "error" (type $f (eq $e)))
    (export "temperature" (func (result (result s32 (error $f)))))))
  (import "outside" (implements "periplasm:device/thermometer@0.1.0") (instance $outside
    (alias outer 1 $error (type $e)) (export "error" (type $f (eq $e)))
    (export "temperature" (func (result (result s32 (error $f)))))))

  (core module $libc (memory (export "memory") 1))
  (core instance $libc (instantiate $libc))
  (alias core export $libc "memory" (core memory $memory))
  (core func $inside (canon lower (func $inside "temperature") (memory $memory)))
  (core func $outside (canon lower (func $outside "temperature") (memory $memory)))
  (core instance $rooms
    (export "inside" (func $inside)) (export "outside" (func $outside))
    (export "memory" (memory $memory)))

  (core module $main
    (import "rooms" "memory" (memory 1))
    (import "rooms" "inside" (func $inside (param i32)))
    (import "rooms" "outside" (func $outside (param i32)))
    ;; An answer is a byte that is 1 for an error, and a reading at 4.
    (func $read-inside (export "inside") (result i32)
      (call $inside (i32.const 0)) (i32.load (i32.const 4)))
    (func $read-outside (export "outside") (result i32)
      (call $outside (i32.const 16)) (i32.load (i32.const 20)))
    (func (export "run") (result i32)
      (drop (call $read-inside)) (drop (call $read-outside))
      (i32.or (i32.load8_u (i32.const 0)) (i32.load8_u (i32.const 16)))))
  (core instance $main (instantiate $main (with "rooms" (instance $rooms))))

  (func $read-inside (result s32) (canon lift (core func $main "inside")))
  (func $read-outside (result s32) (canon lift (core func $main "outside")))
  (instance $readings (export "inside" (func $read-inside)) (export "outside" (func $read-outside)))
  (export "test:rooms/readings@0.1.0" (instance $readings))

  (func $run (result (result)) (canon lift (core func $main "run")))
  (instance $run (export "run" (func $run)))
  (export "wasi:cli/run@0.2.6" (instance $run)))
