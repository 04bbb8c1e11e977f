// Any C++ value to bytes, and back.
#pragma once

#include <hecaton/codec/decode.hpp>  // IWYU pragma: export
#include <hecaton/codec/encode.hpp>  // IWYU pragma: export
