// Shared by the files pool_*.cpp.
#pragma once

#include <hecaton/hecaton.hpp>
#include <support/catch.hpp>

/// The pool of all ranks that the cases use.
hecaton::Pool& pool();
