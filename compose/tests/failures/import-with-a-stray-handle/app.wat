;; Valid, but not expressible in WIT: `line` takes a handle to a resource that
;; its interface does not name. wac-graph 0.12 panics on it.
(component
  (import "periplasm:hal/canvas@0.1.0" (instance $c (export "canvas" (type (sub resource)))))
  (alias export $c "canvas" (type $t))
  (import "periplasm:hal/draw@0.1.0" (instance
    (alias outer 1 $t (type $o))
    (export "line" (func (param "on" (borrow $o))))))
  (core module $m (func (export "run") (result i32) i32.const 0))
  (core instance $i (instantiate $m))
  (func $run (result (result)) (canon lift (core func $i "run")))
  (instance $r (export "run" (func $run)))
  (export "wasi:cli/run@0.2.6" (instance $r)))
