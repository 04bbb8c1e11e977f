// Everything that a program needs.
#pragma once

#include <hecaton/collectives/all_to_all.hpp>
#include <hecaton/collectives/blocks.hpp>
#include <hecaton/collectives/broadcast.hpp>
#include <hecaton/collectives/for_each_block.hpp>
#include <hecaton/collectives/gather.hpp>
#include <hecaton/collectives/map.hpp>
#include <hecaton/collectives/reduce.hpp>
#include <hecaton/collectives/scan.hpp>
#include <hecaton/collectives/scatter.hpp>
#include <hecaton/collectives/scatter_by.hpp>
#include <hecaton/foundation/error.hpp>
#include <hecaton/foundation/version.hpp>
#include <hecaton/pool/pool.hpp>
#include <hecaton/pool/process.hpp>
#include <hecaton/pool/run.hpp>
#include <hecaton/pool/wait.hpp>
#include <hecaton/tasks/bind_front.hpp>
#include <hecaton/tasks/outcome.hpp>
#include <hecaton/tasks/random.hpp>
#include <hecaton/tasks/this_task.hpp>
#include <hecaton/transport/environment.hpp>
