// What `ar & member` takes, without a header of Boost's.
#include <support/serialize_cases.hpp>
