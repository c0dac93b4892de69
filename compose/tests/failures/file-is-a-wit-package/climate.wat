(component
  (type $t (component
    (type $i (instance (export "read" (func (result u32)))))
    (export "test:x/sensor@0.1.0" (instance (type $i)))))
  (export "sensor" (type $t)))
