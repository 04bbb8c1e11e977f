// Everything that a program needs.
#pragma once

#include <version>

// One line each, where the includes would give hundreds.
#if !defined(__linux__)
#error "hecaton needs Linux"
#elif __cplusplus < 202002L
#error "hecaton needs C++20: compile with -std=c++20 (CMake: target_link_libraries(app hecaton::hecaton) does)"
#elif !defined(__cpp_rtti)
#error "hecaton needs RTTI, since errors keep their types between ranks: compile without -fno-rtti"
#elif !defined(__cpp_exceptions)
#error "hecaton needs exceptions: compile without -fno-exceptions"
#elif !defined(_GLIBCXX_RELEASE) || _GLIBCXX_RELEASE < 12
#error "hecaton needs libstdc++ from GCC 12 on, also with clang"
#else

#include <hecaton/collectives/all_to_all.hpp>
#include <hecaton/collectives/blocks.hpp>
#include <hecaton/collectives/broadcast.hpp>
#include <hecaton/collectives/for_each_block.hpp>
#include <hecaton/collectives/gather.hpp>
#include <hecaton/collectives/kept/broadcast_into.hpp>
#include <hecaton/collectives/kept/gather_into.hpp>
#include <hecaton/collectives/kept/reduce_into.hpp>
#include <hecaton/collectives/kept/scatter_into.hpp>
#include <hecaton/collectives/map.hpp>
#include <hecaton/collectives/reduce.hpp>
#include <hecaton/collectives/scan.hpp>
#include <hecaton/collectives/scatter.hpp>
#include <hecaton/collectives/scatter_by.hpp>
#include <hecaton/collectives/time_left.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/version.hpp>
#include <hecaton/pool/pool.hpp>
#include <hecaton/pool/process.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/pool/wait.hpp>
#include <hecaton/recording/region.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <hecaton/tasks/outcome.hpp>
#include <hecaton/tasks/random.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/communicator.hpp>
#include <hecaton/transport/environment.hpp>

#endif
