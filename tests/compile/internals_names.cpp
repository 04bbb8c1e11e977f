// expect: AsCompleted'
// expect: BoundFront'
// expect: Buffer'
// expect: decode'
// expect: encode'
// expect: MemoryFile'
// expect: PageAdoption'
// expect: Reader'
// expect: require_travels'
// expect: run_body'
// expect: travels_as_t'
// expect: Writer'
// expect: host'
// expect: launch'
// expect: log'
// expect: scheduling'
#include <hecaton/hecaton.hpp>
// Installed or not: these names are not a program's, even where it includes the headers that have them.
#include <hecaton/foundation/log.hpp>
#include <hecaton/launch/command.hpp>
#include <hecaton/scheduling/dispatcher.hpp>

#ifdef HECATON_MUST_FAIL
namespace place = hecaton;
#else
namespace place = hecaton::detail;
#endif

using place::AsCompleted;
using place::BoundFront;
using place::Buffer;
using place::decode;
using place::encode;
using place::MemoryFile;
using place::PageAdoption;
using place::Reader;
using place::require_travels;
using place::run_body;
using place::travels_as_t;
using place::Writer;
using place::host::name;
using place::launch::Allocation;
using place::log::line;
using place::scheduling::Dispatcher;
