// What the files pool_*.cpp share.
#pragma once

#include <hecaton/hecaton.hpp>
#include <support/catch.hpp>

/// The pool of all ranks that the cases use.
hecaton::Pool& pool();
