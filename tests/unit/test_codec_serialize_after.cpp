// What `ar & member` takes, with the codec behind all of Boost's headers.
#include <support/boost_serialization.hpp>
//
#include <support/serialize_cases.hpp>
