#![no_std]

let climate = 0x76;
