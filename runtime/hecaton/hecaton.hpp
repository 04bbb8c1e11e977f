// Everything that a program needs.
#pragma once

#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/version.hpp>
#include <hecaton/pool/pool.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <hecaton/tasks/outcome.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/environment.hpp>
